using System;
using Loquent.Core;
using Loquent.Core.Failures;
using Loquent.Core.Reveal;
using Loquent.Core.Talking;
using UnityEngine;

namespace Loquent
{
    /// <content>What happens from frame to frame, and between the conversation and the canvas.</content>
    public sealed partial class Npc
    {
        private Talker talker;
        private View view;
        private Turn turn;
        private ClientState clientWas;
        private Exception toldOf;
        private SpeechCanvas watched;
        private float lookedForClient = float.NegativeInfinity;
        private bool hasNewText;
        private bool hadClient;
        private bool hasLookedForSpeech;
        private bool isEnding;
        private bool hasGreeted;

        private void Start()
        {
            // By now the client and the canvas of the scene are awake.
            Prepare();
        }

        private void Update()
        {
            Prepare();
            LookAtClient();
            talker.Update(client == null ? null : client.Keeper);
            Follow();
            TellText();
        }

        private void OnDisable()
        {
            // While a scene or the program ends, nobody is there any more to be told.
            isEnding = LoquentClient.IsQuitting || !gameObject.scene.isLoaded;
            if (!LoquentClient.IsQuitting && talker?.Turn != null)
            {
                Log.Info(this, "it's disabled or destroyed in mid-word, so its conversation is closed. Call Cancel before to end a reply; enable it again to open another.");
            }

            Leave();
            Unwatch();
            if (speech != null)
            {
                speech.Hide();
            }

            Become(NpcState.Off);
            isEnding = false;
            hasLookedForSpeech = false;
            hasGreeted = false;
        }

        private void Change(ref string field, string value)
        {
            value = value ?? string.Empty;
            if (field == value)
            {
                return;
            }

            field = value;
            hasGreeted = false;
            Leave();
            Become(isActiveAndEnabled ? NpcState.Connecting : NpcState.Off);
        }

        /// <summary>Closes the conversation. Another one begins with the next frame, if the component is enabled.</summary>
        private void Leave()
        {
            talker?.Close();
            talker = null;
            turn = null;
            hasNewText = false;
            DisplayName = string.Empty;
        }

        /// <summary>Makes it ready to say something; tells whether it can be.</summary>
        private bool CanTalk()
        {
            if (!isActiveAndEnabled)
            {
                Log.Warning(this, "it's disabled, so it can't be talked to. Enable it first.");
                return false;
            }

            Prepare();
            return true;
        }

        /// <summary>Finds or makes what it needs.</summary>
        private void Prepare()
        {
            if (client != null && client.Effective != client)
            {
                client = client.Effective;
            }

            if (client == null && !LoquentClient.IsQuitting)
            {
                // One that a game has destroyed isn't replaced by one with another address.
                client = hadClient ? LoquentClient.FindAgain(this, ref lookedForClient) : LoquentClient.FindOrCreate(this);
            }

            hadClient |= client != null;
            if (speech == null && !hasLookedForSpeech)
            {
                hasLookedForSpeech = true;
                speech = FindSpeech();
            }

            if (speech != null)
            {
                speech.Client = client;
            }

            if (talker == null)
            {
                Listen();
            }
        }

        private SpeechCanvas FindSpeech()
        {
            SpeechCanvas found = GetComponentInChildren<SpeechCanvas>();
            if (found != null || !makesCanvas)
            {
                return found;
            }

            found = gameObject.AddComponent<SpeechCanvas>();
            gameObject.AddComponent<CanvasAnchor>();
            return found;
        }

        private void Listen()
        {
            view = new View(this);
            SystemFonts.Language = SystemFonts.Language ?? NullIfEmpty(locale);
            talker = new Talker(
                character,
                new OpenOptions
                {
                    Player = NullIfEmpty(playerId),
                    PlayerName = NullIfEmpty(playerName),
                    Locale = NullIfEmpty(locale),
                    MaxTokens = maxTokens > 0 ? maxTokens : (long?)null,
                },
                view);
            talker.Opened += HandleOpened;
            talker.Asked += HandleAsked;
            talker.Began += began => RaiseStarted();
            talker.TextReceived += HandleText;
            talker.CueReceived += HandleCue;
            talker.Received += HandleReceived;
            talker.Ended += HandleEnded;
            talker.OpeningFailed += HandleOpeningFailed;
            talker.Error += error => Log.Exception(this, error);
            Failure = null;
            toldOf = null;
            clientWas = ClientState.Off;
        }

        /// <summary>Tells the player how the connection is, when that changes.</summary>
        private void LookAtClient()
        {
            ClientState now = client == null ? ClientState.Off : client.State;
            bool isNew = now != clientWas;
            clientWas = now;
            switch (now)
            {
                case ClientState.Failed:
                    if (isNew && talker.WaitingCount == 0 && !view.IsBusy)
                    {
                        FailIdle(); // else what was said says it
                    }

                    break;
                case ClientState.Reconnecting:
                    if (view.IsBusy)
                    {
                        view.NoticeIfNone(texts.Lost);
                    }

                    break;
                case ClientState.Off:
                case ClientState.Connecting:
                    if (talker.WaitingCount > 0 && view.IsOn && speech.State == SpeechState.Hidden)
                    {
                        speech.BeginReply();
                        view.NoticeIfNone(texts.Connecting);
                    }

                    break;
                case ClientState.Connected:
                    if (isNew && speech != null && (speech.Notice == texts.Lost || speech.Notice == texts.Connecting))
                    {
                        speech.Notice = string.Empty;
                    }

                    break;
            }
        }

        private void HandleOpened(Conversation opened)
        {
            DisplayName = SafeText.Of(opened.Name);
            Failure = null;
            toldOf = null;
            if (speech != null)
            {
                speech.Speaker = DisplayName;
            }

            if (greetsWhenOpened && !hasGreeted && talker.WaitingCount == 0)
            {
                talker.Greet();
            }

            hasGreeted = true;
        }

        private void HandleAsked(Turn asked)
        {
            turn = asked;
            hasNewText = false;
            if (speech != null && speech.isActiveAndEnabled)
            {
                Watch(speech);
                speech.BeginReply();
            }
        }

        private void RaiseStarted()
        {
            Raise.Event(this, Started, this);
            Raise.Event(this, onStarted);
        }

        private void HandleText(Turn which)
        {
            hasNewText = true;
            if (speech != null)
            {
                speech.Receive(which.Text);
            }
        }

        private void HandleCue(Turn which, Cue cue)
        {
            if (view.IsOn)
            {
                speech.Receive(cue);
            }
            else
            {
                RaiseCue(cue); // nobody reveals anything
            }
        }

        private void HandleReceived(Turn which)
        {
            if (speech != null)
            {
                speech.EndReply();
            }
        }

        private void HandleEnded(SayEnd end)
        {
            TellText();
            if (isEnding)
            {
                return;
            }

            if (end.Reason == EndReason.Fault)
            {
                Fail(end.Error, end.Turn == null && talker != null && talker.Conversation == null ? TextFor() : texts.Failed);
                return;
            }

            if (end.Reason == EndReason.Cancelled && end.Turn != null && end.Turn == turn && speech != null)
            {
                speech.Hide();
            }

            Raise.Event(this, Ended, this, end.Reason);
            Raise.Event(this, onEnded);
        }

        private void HandleDecided(DecideEnd end, Action<DecideEnd> onDecided)
        {
            if (isEnding)
            {
                return;
            }

            if (end.Error != null)
            {
                Log.Error(this, "'" + end.Question + "' wasn't decided: " + end.Error.Message);
            }

            Raise.Event(this, onDecided, end);
        }

        private void HandleOpeningFailed(Exception why)
        {
            bool goesOn = talker.State != TalkerState.Failed;
            if (goesOn)
            {
                if (toldOf == null)
                {
                    Log.Warning(this, "the character '" + character + "' can't be opened yet, and it's tried again: " + why.Message);
                }

                toldOf = why;
                return;
            }

            if (talker.WaitingCount == 0)
            {
                Fail(why, texts.Refused); // else what was said says it
            }
        }

        /// <summary>There is no connection, and nobody has said anything yet: the client has said it in the log, and developers see it here as well.</summary>
        private void FailIdle()
        {
            Failure = client.Keeper?.Failure ?? new UnreachableException(client.Failure);
            if (Debug.isDebugBuild)
            {
                view.Tell(texts.With(texts.NoConnection, Failure.Message));
            }

            RaiseFailed(Failure);
        }

        private string TextFor()
        {
            return client != null && client.State == ClientState.Failed ? texts.NoConnection : texts.Refused;
        }

        /// <summary>Says that something came to nothing: in the log, on the canvas, to the game.</summary>
        private void Fail(Exception why, string forPlayer)
        {
            Failure = why;
            if (!ReferenceEquals(toldOf, why))
            {
                // What is the connection's fault, the client has said already.
                toldOf = why;
                if (client == null || client.State != ClientState.Failed)
                {
                    Log.Error(this, "talking with the character '" + character + "' failed: " + why.Message);
                }
                else
                {
                    Log.Warning(this, "it can't talk, because " + client.name + " has no connection. " + why.Message);
                }
            }

            view.Tell(texts.With(forPlayer, why.Message));
            RaiseFailed(why);
        }

        private void RaiseFailed(Exception why)
        {
            Raise.Event(this, Failed, this, why);
            Raise.Event(this, onFailed, why.Message);
        }

        private void TellText()
        {
            if (!hasNewText || turn == null)
            {
                return;
            }

            hasNewText = false;
            Raise.Event(this, TextChanged, this);
            if (onTextChanged.GetPersistentEventCount() > 0)
            {
                Raise.Event(this, onTextChanged, turn.Text.ToString());
            }
        }

        private void RaiseCue(Cue cue)
        {
            Raise.Event(this, CueReached, this, cue);
            Raise.Event(this, onCue, cue.Name, cue.Argument ?? string.Empty);
        }

        /// <summary>Listens to the canvas's cues, once.</summary>
        private void Watch(SpeechCanvas canvas)
        {
            if (watched != canvas)
            {
                Unwatch();
                watched = canvas;
                watched.CueReached += HandleRevealed;
            }
        }

        private void Unwatch()
        {
            if (watched != null)
            {
                watched.CueReached -= HandleRevealed;
            }

            watched = null;
        }

        private void HandleRevealed(Cue cue)
        {
            if (talker != null)
            {
                RaiseCue(cue);
            }
        }

        private void Follow()
        {
            if (talker == null)
            {
                return;
            }

            Become(StateOf(talker.State));
        }

        private NpcState StateOf(TalkerState state)
        {
            switch (state)
            {
                case TalkerState.Opening:
                    return NpcState.Opening;
                case TalkerState.Ready:
                    return NpcState.Listening;
                case TalkerState.Thinking:
                    return NpcState.Thinking;
                case TalkerState.Replying:
                    return NpcState.Speaking;
                case TalkerState.Failed:
                    return NpcState.Failed;
                case TalkerState.Closed:
                    return NpcState.Off;
                default:
                    return client != null && client.State == ClientState.Failed ? NpcState.Failed : NpcState.Connecting;
            }
        }

        private void Become(NpcState state)
        {
            if (State != state)
            {
                State = state;
                Raise.Event(this, StateChanged, this, state);
            }
        }

        private static string NullIfEmpty(string value)
        {
            return string.IsNullOrEmpty(value) ? null : value;
        }
    }
}
