using System;
using System.Collections.Generic;
using Loquent.Core.Failures;
using Loquent.Core.Transport;
using Loquent.Core.Wire;

namespace Loquent.Core
{
    /// <content>What each of the server's frames does. Runs inside <see cref="Update"/>; events are raised outside of the lock.</content>
    public sealed partial class Session
    {
        private void Apply(Connection current, FrameKind kind, MsgPackReader fields, long arrivedAt)
        {
            if (kind == FrameKind.Goaway)
            {
                ApplyGoaway(fields);
                return;
            }

            if (kind == FrameKind.Welcome)
            {
                Report(new ProtocolException("The server sent a second welcome; it was skipped."));
                return;
            }

            long seq = fields.ReadUnsigned();
            if (!sequence.TryAccept(seq, arrivedAt))
            {
                var gap = new ProtocolException(
                    "The server's frame " + (sequence.Processed + 1) + " had to come and " + seq
                    + " came, so the connection was closed: frames are missing or repeated. Connect again.");
                current.Abandon(gap, CloseCode.Protocol, "seq");
                Lose(current, gap);
                return;
            }

            switch (kind)
            {
                case FrameKind.Opened:
                    ApplyOpened(fields);
                    break;
                case FrameKind.Begin:
                    ApplyBegin(fields);
                    break;
                case FrameKind.Text:
                    ApplyText(fields);
                    break;
                case FrameKind.Cue:
                    ApplyCue(fields);
                    break;
                case FrameKind.Decision:
                    ApplyDecision(fields);
                    break;
                case FrameKind.End:
                    ApplyEnd(fields);
                    break;
                case FrameKind.Fault:
                    ApplyFault(Fault.Read(ref fields, walk));
                    break;
                default:
                    throw new InvalidOperationException("Kind " + kind + " isn't the server's; FrameDecoder should have skipped it.");
            }

            // By number right away; by time at the end of Update.
            AcknowledgeIfDue(arrivedAt);
        }

        private void ApplyOpened(MsgPackReader fields)
        {
            uint number = fields.ReadU32();
            string name = fields.ReadText();
            var cues = new string[fields.ReadArray()];
            for (int i = 0; i < cues.Length; i++)
            {
                cues[i] = fields.ReadText();
            }

            var history = new Exchange[fields.ReadArray()];
            for (int i = 0; i < history.Length; i++)
            {
                int elements = fields.ReadArray();
                history[i] = new Exchange(fields.ReadText(), fields.ReadText());
                for (int more = 2; more < elements; more++)
                {
                    fields.TrySkip(walk);
                }
            }

            Opening opening;
            Conversation conversation = null;
            bool asked;
            lock (gate)
            {
                asked = number <= lastConversation;
                unconfirmed.Confirm(FrameKind.Open, number);
                if (openings.TryGetValue(number, out opening))
                {
                    openings.Remove(number);
                    conversation = new Conversation(this, opening, name, Array.AsReadOnly(cues), Array.AsReadOnly(history));
                    conversations.Add(number, conversation);
                }
            }

            if (opening != null)
            {
                opening.Succeed(conversation);
            }
            else if (!asked)
            {
                Report(new ProtocolException("The server opened conversation " + number + ", which nobody asked for; it was skipped."));
            }
        }

        private void ApplyBegin(MsgPackReader fields)
        {
            uint conversation = fields.ReadU32();
            uint number = fields.ReadU32();
            Turn turn = FindTurn(number);
            if (turn == null || turn.HasBegun || turn.Conversation.Number != conversation)
            {
                ReportStray("begin", number);
                return;
            }

            turn.HasBegun = true;
            Confirm(FrameKind.Say, number);
            if (!turn.IsCancelled)
            {
                turn.Conversation.RaiseBegan(turn);
            }
        }

        private void ApplyText(MsgPackReader fields)
        {
            uint number = fields.ReadU32();
            Turn turn = FindTurn(number);
            if (turn == null || !turn.HasBegun)
            {
                ReportStray("text", number);
                return;
            }

            // What was on its way when the turn was cancelled is dropped. (An empty piece can't be; it would mean nothing.)
            if (!turn.IsCancelled && fields.TryReadText(out int start, out int count) && count > 0)
            {
                int length = turn.Text.Length;
                turn.Conversation.RaiseText(turn, length, turn.Text.Append(fields.Bytes, start, count));
            }
        }

        private void ApplyCue(MsgPackReader fields)
        {
            uint number = fields.ReadU32();
            Turn turn = FindTurn(number);
            if (turn == null || !turn.HasBegun)
            {
                ReportStray("cue", number);
                return;
            }

            if (!turn.IsCancelled)
            {
                string name = fields.ReadText();
                turn.Conversation.RaiseCue(turn, new Cue(name, fields.ReadOptionalText(), turn.Text.Length));
            }
        }

        private void ApplyDecision(MsgPackReader fields)
        {
            uint number = fields.ReadU32();
            Turn turn = FindTurn(number);
            if (turn == null || !turn.HasBegun)
            {
                ReportStray("decision", number);
                return;
            }

            uint index = fields.ReadU32();
            var probabilities = new double[fields.ReadArray()];
            for (int i = 0; i < probabilities.Length; i++)
            {
                probabilities[i] = fields.ReadNumber();
            }

            if (index >= probabilities.Length)
            {
                Report(new ProtocolException("The server chose option " + index + " of " + probabilities.Length + " for turn " + number + "; it was skipped."));
                return;
            }

            turn.Decision = new Decision(index, Array.AsReadOnly(probabilities));
        }

        private void ApplyEnd(MsgPackReader fields)
        {
            uint number = fields.ReadU32();
            Turn turn = FindTurn(number);
            if (turn == null)
            {
                ReportStray("end", number);
                return;
            }

            if (!turn.HasBegun)
            {
                // Its begin may have been skipped as malformed. Nothing more comes for it, so it mustn't run on for ever.
                Report(new ProtocolException("The server ended turn " + number + ", whose begin wasn't seen; it ends here too."));
                Confirm(FrameKind.Say, number);
            }

            EndReason reason = ReadReason(fields.ReadText());
            Usage usage = Usage.Read(ref fields, walk);
            LoquentException error = null;
            if (reason == EndReason.Fault)
            {
                error = new FaultException(turn.Fault ?? new Fault(
                    FaultCode.Internal, "The turn failed, and the server didn't say why; its log has the details.", FrameKind.Say, number, null));
            }

            EndTurn(turn, reason, usage, error);
        }

        private static EndReason ReadReason(string reason)
        {
            switch (reason)
            {
                case "length":
                    return EndReason.Length;
                case "cancelled":
                    return EndReason.Cancelled;
                case "fault":
                    return EndReason.Fault;
                default:
                    return EndReason.Stop;
            }
        }

        private void ApplyFault(Fault fault)
        {
            Opening refused = null;
            Turn turn = null;
            bool isTurns = fault.ReferredKind == FrameKind.Say || fault.ReferredKind == FrameKind.Decide;
            lock (gate)
            {
                if (fault.ReferredKind.HasValue)
                {
                    unconfirmed.Confirm(fault.ReferredKind.Value, fault.ReferredNumber);
                }

                if (isTurns)
                {
                    if (fault.Code == FaultCode.TurnOrder && unconfirmed.TakeAskedAgain(FrameKind.Say, fault.ReferredNumber))
                    {
                        return; // the first asking did arrive, and its answer is there or comes
                    }

                    turns.TryGetValue(fault.ReferredNumber, out turn);
                }
                else if (fault.ReferredKind == FrameKind.Open)
                {
                    if (fault.Code == FaultCode.ConversationOpen && unconfirmed.TakeAskedAgain(FrameKind.Open, fault.ReferredNumber))
                    {
                        return;
                    }

                    if (openings.TryGetValue(fault.ReferredNumber, out refused))
                    {
                        openings.Remove(fault.ReferredNumber);
                    }
                }
                else if (fault.ReferredKind == FrameKind.Close && fault.Code == FaultCode.ConversationUnknown)
                {
                    return; // closed is what it was meant to be
                }
            }

            Raise(faultReceived, fault, (handler, what) => handler(what));
            if (turn != null)
            {
                turn.Fault = fault;
                turn.Conversation.RaiseFault(turn, fault);
                if (!turn.HasBegun)
                {
                    EndTurn(turn, EndReason.Fault, Usage.None, new FaultException(fault));
                }
            }

            refused?.Fail(new FaultException(fault));
        }

        private void ApplyGoaway(MsgPackReader fields)
        {
            TimeSpan closesIn = TimeSpan.FromMilliseconds(Math.Min(fields.ReadUnsigned(), int.MaxValue));
            backAt = options.Clock() + (long)closesIn.TotalMilliseconds;
            Raise(goingAway, closesIn, (handler, what) => handler(what));
        }

        /// <summary>Ends a turn, and says so, exactly once.</summary>
        private void EndTurn(Turn turn, EndReason reason, Usage usage, LoquentException error)
        {
            lock (gate)
            {
                turns.Remove(turn.Number);
                if (reason == EndReason.Cancelled)
                {
                    unconfirmed.DropCancel(turn.Number);
                }

                if (turn.Conversation.Running == turn)
                {
                    turn.Conversation.Running = NewestOf(turn.Conversation);
                }
            }

            if (turn.TryEnd(reason, usage, error))
            {
                turn.Conversation.RaiseEnded(turn);
                turn.Complete();
            }
        }

        private Turn NewestOf(Conversation conversation)
        {
            Turn newest = null;
            foreach (KeyValuePair<uint, Turn> entry in turns)
            {
                if (entry.Value.Conversation == conversation && (newest == null || entry.Key > newest.Number))
                {
                    newest = entry.Value;
                }
            }

            return newest;
        }

        private void Confirm(FrameKind kind, uint number)
        {
            lock (gate)
            {
                unconfirmed.Confirm(kind, number);
            }
        }

        private Turn FindTurn(uint number)
        {
            lock (gate)
            {
                turns.TryGetValue(number, out Turn turn);
                return turn;
            }
        }

        private void ReportStray(string kind, uint number)
        {
            Report(new ProtocolException(
                "The server sent a frame `" + kind + "` for turn " + number + ", which isn't running here; it was skipped."));
        }
    }
}
