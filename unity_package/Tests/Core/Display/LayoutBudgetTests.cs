using System.Collections.Generic;
using Loquent.Core.Display;
using NUnit.Framework;

namespace Loquent.Core.Tests.Display
{
    /// <summary>A frame's layouts: never more than allowed, nobody starves, who can't go on comes first.</summary>
    [TestFixture]
    public sealed class LayoutBudgetTests
    {
        [TestCase(1, 64)]
        [TestCase(2, 64)]
        [TestCase(7, 16)]
        public void EachThatAsksIsGrantedInTurnAndNoFrameHasMore(int perFrame, int count)
        {
            var budget = new LayoutBudget { PerFrame = perFrame };
            List<LayoutClaim> claims = Make(budget, count);
            var grants = new int[count];
            int frames = count * 10;
            for (int frame = 0; frame < frames; frame++)
            {
                claims.ForEach(claim => claim.Ask(true));
                budget.Grant();
                int granted = 0;
                for (int i = 0; i < count; i++)
                {
                    granted += claims[i].IsGranted ? 1 : 0;
                    grants[i] += claims[i].IsGranted ? 1 : 0;
                }

                Assert.That(granted, Is.EqualTo(perFrame));
                Assert.That(budget.Granted, Is.EqualTo(perFrame));
            }

            int each = frames * perFrame / count;
            foreach (int got in grants)
            {
                Assert.That(got, Is.InRange(each - 1, each + 1), "All get the same.");
            }
        }

        [Test]
        public void WhoCannotGoOnComesBeforeWhoOnlyCould()
        {
            var budget = new LayoutBudget { PerFrame = 1 };
            List<LayoutClaim> claims = Make(budget, 3);
            claims[0].Ask(false);
            claims[1].Ask(false);
            claims[2].Ask(true);
            budget.Grant();
            Assert.That(claims.ConvertAll(claim => claim.IsGranted), Is.EqualTo(new[] { false, false, true }));
        }

        [Test]
        public void WhoBecomesLateKeepsTheTimeItHasWaited()
        {
            var budget = new LayoutBudget { PerFrame = 1 };
            List<LayoutClaim> claims = Make(budget, 2);
            claims[0].Ask(true);
            claims[1].Ask(false);
            budget.Grant();
            claims[0].Ask(true);
            claims[1].Ask(true);
            budget.Grant();
            Assert.That(claims[1].IsGranted, Is.True);
        }

        [Test]
        public void WhoDoesNotAskGetsNothing()
        {
            var budget = new LayoutBudget();
            List<LayoutClaim> claims = Make(budget, 2);
            claims[0].Ask(false);
            budget.Grant();
            Assert.That(claims[0].IsGranted, Is.True);
            Assert.That(claims[1].IsGranted, Is.False);
            budget.Grant();
            Assert.That(claims[0].IsGranted, Is.False);
            Assert.That(budget.Granted, Is.EqualTo(0));
        }

        [Test]
        public void WhoIsGoneCostsNothing()
        {
            var budget = new LayoutBudget { PerFrame = 1 };
            List<LayoutClaim> claims = Make(budget, 2);
            claims[0].Ask(true);
            claims[1].Ask(true);
            budget.Remove(claims[0]);
            budget.Grant();
            Assert.That(claims[1].IsGranted, Is.True);
        }

        private static List<LayoutClaim> Make(LayoutBudget budget, int count)
        {
            var claims = new List<LayoutClaim>();
            for (int i = 0; i < count; i++)
            {
                claims.Add(new LayoutClaim());
                budget.Add(claims[i]);
            }

            return claims;
        }
    }
}
