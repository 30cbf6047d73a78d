using Loquent.Core.Talking;

namespace Loquent
{
    /// <content>The canvas, as far as there is one.</content>
    public sealed partial class Npc
    {
        /// <summary>The canvas as the talker sees it: it may be missing, disabled or destroyed at any time.</summary>
        private sealed class View : IReplyView
        {
            private readonly Npc npc;

            internal View(Npc npc)
            {
                this.npc = npc;
            }

            /// <inheritdoc/>
            public long Shown => IsOn ? npc.speech.Shown : npc.turn == null ? 0 : npc.turn.Text.ScalarCount;

            /// <inheritdoc/>
            public bool IsShown => !IsOn || npc.speech.IsShown;

            /// <inheritdoc/>
            public bool IsRead => !IsOn || npc.speech.IsRead;

            /// <summary>Whether there is a canvas to show something on.</summary>
            internal bool IsOn => npc.speech != null && npc.speech.isActiveAndEnabled;

            /// <summary>Whether the player is waiting for something, or reading.</summary>
            internal bool IsBusy => npc.talker != null && npc.talker.Turn != null;

            /// <summary>Shows a small line, if there is none.</summary>
            internal void NoticeIfNone(string what)
            {
                if (IsOn && npc.speech.Notice.Length == 0)
                {
                    npc.speech.Notice = what;
                }
            }

            /// <summary>Says what went wrong: below what is being read, or instead of nothing.</summary>
            internal void Tell(string what)
            {
                if (string.IsNullOrEmpty(what) || !IsOn)
                {
                    return;
                }

                if (npc.speech.State == SpeechState.Speaking && npc.speech.CanNotice)
                {
                    npc.speech.EndReply();
                    npc.speech.Notice = what;
                }
                else
                {
                    npc.speech.ShowError(what);
                }
            }
        }
    }
}
