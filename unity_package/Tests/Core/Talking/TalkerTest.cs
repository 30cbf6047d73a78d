using System.Collections.Generic;
using Loquent.Core.Talking;
using Loquent.Core.Tests.Fakes;
using NUnit.Framework;

namespace Loquent.Core.Tests.Talking
{
    /// <summary>A talker with a keeper and a server in memory, on one thread, with a view that the test sets.</summary>
    public abstract class TalkerTest : ContextlessTest
    {
        private readonly List<string> told = new List<string>();

        internal FakeServer Server { get; private set; }

        internal SessionKeeper Keeper { get; private set; }

        internal Talker Talker { get; private set; }

        internal FakeView View { get; private set; }

        [SetUp]
        public void MakeTalker()
        {
            Server = new FakeServer();
            View = new FakeView();
            Keeper = new SessionKeeper(Server.Options);
            Talker = new Talker("innkeeper", new OpenOptions { Player = "me" }, View, () => Server.Now, () => Server.Chance);
            told.Clear();
            Talker.Opened += opened => told.Add("opened " + opened.Name);
            Talker.Asked += turn => told.Add("asked " + turn.Number);
            Talker.Began += turn => told.Add("began " + turn.Number);
            Talker.TextReceived += turn => told.Add("text " + turn.Text);
            Talker.CueReceived += (turn, cue) => told.Add("cue " + cue.Name);
            Talker.Received += turn => told.Add("received " + turn.Number);
            Talker.Ended += end => told.Add("ended " + end.Said + ": " + end.Reason + (end.Error == null ? string.Empty : " " + end.Error.GetType().Name));
            Talker.OpeningFailed += why => told.Add("opening failed " + why.GetType().Name);
        }

        [TearDown]
        public void DisposeKeeper()
        {
            Keeper.Dispose();
        }

        /// <summary>What was told since it was taken, one a line.</summary>
        internal string Told()
        {
            string all = string.Join("\n", told.ToArray());
            told.Clear();
            return all;
        }

        /// <summary>A frame of the game.</summary>
        internal void Frame()
        {
            Keeper.Update();
            Talker.Update(Keeper);
        }

        internal void Connect()
        {
            Keeper.Connect();
            Frame();
        }

        /// <summary>Answers the open that was sent last.</summary>
        internal void AnswerOpen()
        {
            string sent = Server.TakeSent();
            string number = sent.Substring(sent.LastIndexOf("[2,", System.StringComparison.Ordinal)).Split(',')[1];
            Server.Send("[34,seq," + number + ",\"Marta\",[\"wave\"],[]]");
            Frame();
        }

        /// <summary>Connects and opens, and forgets what was told of it.</summary>
        internal void Open()
        {
            Connect();
            AnswerOpen();
            Told();
        }

        internal sealed class FakeView : IReplyView
        {
            public long Shown { get; set; }

            public bool IsShown { get; set; } = true;

            public bool IsRead { get; set; } = true;
        }
    }
}
