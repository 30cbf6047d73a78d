using System.Linq;
using NUnit.Framework;
using UnityEditor;

namespace Loquent.Editor.Tests
{
    /// <summary>What is said about a server's address, before anything fails because of it.</summary>
    [TestFixture]
    public sealed class AddressChecksTests
    {
        private string written;

        [TestCase("ws://127.0.0.1:8765", BuildTarget.StandaloneWindows64)]
        [TestCase("ws://localhost:8765", BuildTarget.StandaloneWindows64)]
        [TestCase("ws://[::1]:8765", BuildTarget.StandaloneWindows64)]
        [TestCase("wss://npc.example", BuildTarget.Android)]
        [TestCase("  wss://npc.example/loquent  ", BuildTarget.iOS)]
        public void AGoodAddressGetsNoRemark(string address, BuildTarget target)
        {
            Assert.That(Look(address, target), Is.Empty);
        }

        [TestCase("192.168.1.20:8765", "ws://192.168.1.20:8765", TestName = "{m}: without ws://")]
        [TestCase("http://192.168.1.20:8765", "ws://192.168.1.20:8765", TestName = "{m}: as a web address")]
        [TestCase("https://npc.example", "wss://npc.example", TestName = "{m}: as a web address with TLS")]
        [TestCase("", LoquentSettings.DefaultAddress, TestName = "{m}: none")]
        [TestCase(null, LoquentSettings.DefaultAddress, TestName = "{m}: null")]
        public void AMistakeIsCorrectedByAButton(string address, string right)
        {
            Finding finding = Look(address, BuildTarget.StandaloneLinux64).Single();
            Assert.That(finding.Severity, Is.EqualTo(MessageType.Error));
            Assert.That(finding.FixLabel, Is.EqualTo("Make it " + right));
            finding.Fix();
            Assert.That(written, Is.EqualTo(right));
            Assert.That(Look(right, BuildTarget.StandaloneLinux64).Where(one => one.Severity == MessageType.Error), Is.Empty);
            Finding unwritable = AddressChecks.Look(address, BuildTarget.StandaloneLinux64, null).Single();
            StringAssert.EndsWith("It should be " + right + ".", unwritable.Text);
            Assert.That(unwritable.Fix, Is.Null);
        }

        [TestCase("ws://")]
        [TestCase("ws://a b")]
        [TestCase("ftp://192.168.1.20")]
        public void WhatNobodyCanCorrectIsAnError(string address)
        {
            Finding finding = Look(address, BuildTarget.StandaloneLinux64).Single();
            Assert.That(finding.Severity, Is.EqualTo(MessageType.Error));
            Assert.That(finding.Fix, Is.Null);
        }

        [TestCase(BuildTarget.Android)]
        [TestCase(BuildTarget.iOS)]
        public void OnADeviceLoopbackIsTheDeviceItself(BuildTarget target)
        {
            Finding finding = Look("ws://127.0.0.1:8765", target).Single();
            Assert.That(finding.Severity, Is.EqualTo(MessageType.Warning));
            StringAssert.Contains("127.0.0.1 is the device itself", finding.Text);
        }

        [TestCase(BuildTarget.Android)]
        [TestCase(BuildTarget.StandaloneWindows64)]
        public void WithoutTlsOthersCanRead(BuildTarget target)
        {
            Finding finding = Look("ws://192.168.1.20:8765", target).Single();
            Assert.That(finding.Severity, Is.EqualTo(MessageType.Warning));
            StringAssert.Contains("wss://", finding.Text);
        }

        private Finding[] Look(string address, BuildTarget target)
        {
            return AddressChecks.Look(address, target, right => written = right).ToArray();
        }
    }
}
