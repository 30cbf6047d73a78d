using System.Linq;
using Loquent.Double;
using NUnit.Framework;
using UnityEngine;

namespace Loquent.Components.Tests
{
    /// <summary>What a cue does to an Animator and an AudioSource.</summary>
    [TestFixture]
    public sealed class CueOnAnimatorTests : EngineTest
    {
        private CueAnimator cues;
        private Animator animator;

        [SetUp]
        public void Begin()
        {
            var figure = new GameObject("Figure");
            figure.SetActive(false);
            figure.AddComponent<Npc>();
            cues = figure.AddComponent<CueAnimator>();
            var model = new GameObject("Model");
            model.transform.SetParent(figure.transform, false);
            animator = model.AddComponent<Animator>();
            animator.runtimeAnimatorController = Stage.Controller("Wave");
            Stage.Declare(animator.runtimeAnimatorController, "Sits", AnimatorControllerParameterType.Bool);
            figure.GetComponent<Npc>().enabled = false; // nobody has to be there to be talked to
            figure.SetActive(true);
        }

        [Test]
        public void ATriggerIsSetAndABoolIsTurnedOnAndOff()
        {
            Add("wave", "Wave", CueParameter.Trigger);
            Add("sit", "Sits", CueParameter.BoolOn);
            Add("stand", "Sits", CueParameter.BoolOff);
            cues.Perform("wave");
            cues.Perform("sit");
            Assert.That(animator.GetBool("Sits"), Is.True);
            cues.Perform("stand");
            Assert.That(animator.GetBool("Sits"), Is.False);
            Assert.That(Device.AnimatorCalls.Select(call => call.Parameter), Is.EqualTo(new[] { "Wave", "Sits", "Sits" }));
        }

        [Test]
        public void AParameterThatIsntThereOrOfAnotherKindIsReportedOnceByItsName()
        {
            Add("bow", "Bow", CueParameter.Trigger);
            Add("sit", "Sits", CueParameter.Trigger);
            cues.Perform("bow");
            cues.Perform("bow");
            cues.Perform("sit");
            EngineLog.Take(LogType.Warning, "^CueAnimator 'Figure': the Animator 'Model' has no trigger 'Bow', which the cue 'bow' is to set");
            EngineLog.Take(LogType.Warning, "^CueAnimator 'Figure': the Animator 'Model' has no trigger 'Sits', which the cue 'sit' is to set");
        }

        [Test]
        public void AnAnimatorThatIsHiddenIsLeftInPeace()
        {
            Add("wave", "Wave", CueParameter.Trigger);
            animator.gameObject.SetActive(false);
            cues.Animator = animator;
            cues.Perform("wave");
            Assert.That(Device.AnimatorCalls, Is.Empty);
        }

        [Test]
        public void ASoundIsPlayedAsLoudAsItIsToBe()
        {
            CueAction action = Add("wave", string.Empty, CueParameter.Trigger);
            action.Clip = AudioClip.Create("Hello", 4410, 1, 44100, false);
            action.Volume = 0.5f;
            cues.Perform("wave");
            Assert.That(Device.Sounds.Count, Is.EqualTo(1));
            Assert.That(Device.Sounds[0].Clip, Is.SameAs(action.Clip));
            Assert.That(Device.Sounds[0].Volume, Is.EqualTo(0.5f));
        }

        [Test]
        public void AnActionThatTheInspectorAddsIsToBeHeard()
        {
            CueAction blank = Add(string.Empty, string.Empty, CueParameter.Trigger);
            blank.Volume = 0; // as the Inspector makes it, all zeros
            CueAction silent = Add("hush", string.Empty, CueParameter.Trigger);
            silent.Volume = 0;
            Engine.Validate(cues);
            Assert.That(blank.Volume, Is.EqualTo(1));
            Assert.That(silent.Volume, Is.EqualTo(0), "Somebody wants it so.");
        }

        private CueAction Add(string cue, string parameter, CueParameter sets)
        {
            var action = new CueAction { Cue = cue, Parameter = parameter, Sets = sets };
            cues.Actions.Add(action);
            return action;
        }
    }
}
