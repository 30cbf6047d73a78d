using System;
using System.Collections.Generic;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>A frame, in Unity's order.</summary>
    internal sealed class PlayerLoop
    {
        private readonly CallList fixedUpdates = new CallList(Message.FixedUpdate);
        private readonly CallList updates = new CallList(Message.Update);
        private readonly CallList lateUpdates = new CallList(Message.LateUpdate);
        private readonly List<MonoBehaviour> starting = new List<MonoBehaviour>();

        /// <summary>Before anything else of a frame: scenes that were asked for are loaded.</summary>
        internal event Action FrameBegins;

        /// <summary>Between Update and LateUpdate, where animations are applied.</summary>
        internal event Action Animating;

        /// <summary>After LateUpdate: canvases are laid out and their graphics rebuilt.</summary>
        internal event Action CanvasesUpdate;

        /// <summary>Cameras render.</summary>
        internal event Action Rendering;

        /// <summary>The frame is over: the GPU's answers are there.</summary>
        internal event Action FrameEnds;

        internal void Enable(MonoBehaviour behaviour)
        {
            fixedUpdates.Add(behaviour);
            updates.Add(behaviour);
            lateUpdates.Add(behaviour);
            if (!behaviour.IsStarted)
            {
                starting.Add(behaviour);
            }
        }

        internal void Disable(MonoBehaviour behaviour)
        {
            fixedUpdates.Remove(behaviour);
            updates.Remove(behaviour);
            lateUpdates.Remove(behaviour);
            starting.Remove(behaviour);
        }

        internal void Run(double seconds)
        {
            World world = World.Current;
            world.Clock.Advance(seconds);
            FrameBegins?.Invoke();
            RunStarts();
            while (world.Clock.TryFixedStep())
            {
                world.Clock.InFixedStep = true;
                fixedUpdates.Run();
                world.Coroutines.RunFixed();
                world.Clock.InFixedStep = false;
            }

            updates.Run();
            RunStarts();
            world.Delayed.RunInvokes();
            world.Coroutines.Run();
            world.Queue.Run();
            Animating?.Invoke();
            lateUpdates.Run();
            RunStarts();
            CanvasesUpdate?.Invoke();
            world.Delayed.RunDestroys();
            Rendering?.Invoke();
            world.Coroutines.RunEndOfFrame();
            FrameEnds?.Invoke();
        }

        /// <summary>Calls Start of whoever has been enabled and not been called yet.</summary>
        private void RunStarts()
        {
            while (starting.Count > 0)
            {
                MonoBehaviour first = starting[0];
                foreach (MonoBehaviour candidate in starting)
                {
                    first = candidate.ExecutionOrder < first.ExecutionOrder ? candidate : first;
                }

                first.StartOnce();
                starting.Remove(first);
            }
        }
    }
}
