using System.IO;
using System.Linq;
using NUnit.Framework;
using UnityEditor;

namespace Loquent.Editor.Tests
{
    /// <summary>What is said about a project's settings, before a build fails because of them.</summary>
    [TestFixture]
    public sealed class ProjectChecksTests
    {
        [Test]
        public void AGoodProjectGetsNoRemark([Values(BuildTarget.Android, BuildTarget.StandaloneWindows64)] BuildTarget target)
        {
            ProjectFacts facts = Good(target);
            Assert.That(ProjectChecks.Text(facts), Is.Empty);
            Assert.That(ProjectChecks.Network(facts), Is.Empty);
        }

        [Test]
        public void WithoutTextMeshProsEssentialsThereIsAnErrorWithAButton()
        {
            ProjectFacts facts = Good(BuildTarget.Android);
            facts.HasTextMeshProEssentials = false;
            Finding finding = ProjectChecks.Text(facts).Single();
            Assert.That(finding.Severity, Is.EqualTo(MessageType.Error));
            Assert.That(finding.FixLabel, Is.EqualTo("Import them"));
        }

        [Test]
        public void OnAndroidThePermissionForTheNetworkMustBeThere()
        {
            ProjectFacts facts = Good(BuildTarget.Android);
            facts.RequiresInternet = false;
            facts.RemovesInternet = true;
            Finding[] findings = ProjectChecks.Network(facts).ToArray();
            Assert.That(findings.Select(one => one.Severity), Is.EqualTo(new[] { MessageType.Error, MessageType.Warning }));
            StringAssert.Contains("Force Remove Internet Permission", findings[0].Text);
            StringAssert.Contains("Require", findings[1].Text);
            facts.Target = BuildTarget.StandaloneWindows64;
            Assert.That(ProjectChecks.Network(facts), Is.Empty, "Elsewhere that's no matter.");
        }

        [Test]
        public void OnAPcTheGameShouldGoOnWithoutTheFocus()
        {
            ProjectFacts facts = Good(BuildTarget.StandaloneWindows64);
            facts.RunsInBackground = false;
            Assert.That(ProjectChecks.Network(facts).Single().Severity, Is.EqualTo(MessageType.Info));
            facts.Target = BuildTarget.Android;
            Assert.That(ProjectChecks.Network(facts), Is.Empty);
        }

        [Test]
        public void AMissingLinkFileIsAnError()
        {
            ProjectFacts facts = Good(BuildTarget.StandaloneWindows64);
            facts.HasLinkFile = false;
            StringAssert.Contains(LinkerProcessor.LinkFile, ProjectChecks.Network(facts).Single().Text);
        }

        [Test]
        public void TheRemovalIsFoundInOpenXrsSettings()
        {
            string folder = Path.Combine(Path.GetTempPath(), "loquent-xr-" + System.Guid.NewGuid().ToString("N"));
            Assert.That(ProjectFacts.LooksRemoved(folder), Is.False, "No XR in the project.");
            string file = Path.Combine(folder, "Settings", "OpenXR Package Settings.asset");
            Directory.CreateDirectory(Path.GetDirectoryName(file));
            try
            {
                File.WriteAllText(file, "MonoBehaviour:\n  m_Name: MetaQuestFeature Android\n  forceRemoveInternetPermission: 0\n");
                Assert.That(ProjectFacts.LooksRemoved(folder), Is.False);
                File.WriteAllText(file, "MonoBehaviour:\n  m_Name: MetaQuestFeature Android\n  forceRemoveInternetPermission: 1\n");
                Assert.That(ProjectFacts.LooksRemoved(folder), Is.True);
            }
            finally
            {
                Directory.Delete(folder, true);
            }
        }

        private static ProjectFacts Good(BuildTarget target)
        {
            return new ProjectFacts { Target = target, HasTextMeshProEssentials = true, RequiresInternet = true, RunsInBackground = true, HasLinkFile = true };
        }
    }
}
