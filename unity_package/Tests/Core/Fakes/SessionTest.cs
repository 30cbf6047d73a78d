using System.Threading.Tasks;
using NUnit.Framework;

namespace Loquent.Core.Tests.Fakes
{
    /// <summary>A session with a server in memory, on one thread: what the server sends is there at once, and only Update reads it.</summary>
    public abstract class SessionTest : ContextlessTest
    {
        internal FakeServer Server { get; private set; }

        internal Session Session { get; private set; }

        internal Log Log { get; private set; }

        [SetUp]
        public void MakeServer()
        {
            Server = new FakeServer();
            Log = new Log();
        }

        [TearDown]
        public void DisposeSession()
        {
            Session?.Dispose();
            Session = null;
        }

        /// <summary>Connects, and forgets the hello.</summary>
        internal void Connect()
        {
            Task<Session> connecting = Session.ConnectAsync(Server.Options);
            Assert.That(connecting.Status, Is.EqualTo(TaskStatus.RanToCompletion));
            Session = connecting.Result;
            Server.TakeSent();
            Log.Listen(Session);
        }

        /// <summary>Connects, so that a lost connection ends everything and nobody makes another one.</summary>
        internal void ConnectOnce()
        {
            Server.Options.Resume = false;
            Server.Options.Reconnect = null;
            Connect();
        }

        /// <summary>Connects to a server that resumes, so as to be resumed when the test reconnects.</summary>
        internal void ConnectToResume()
        {
            Server.Options.Resume = true;
            Server.Options.Reconnect = null;
            Server.Resumes = true;
            Connect();
        }

        /// <summary>Lets the connection break, and the session notice.</summary>
        internal void Break()
        {
            Server.Transport.Break();
            Session.Update();
            Server.TakeSent();
            Log.Take();
        }

        /// <summary>Makes another connection that goes on with the session.</summary>
        /// <returns>What was sent over it behind hello.</returns>
        internal string Resume()
        {
            Assert.That(Session.ReconnectAsync().Result, Is.True);
            string sent = Server.TakeSent();
            int hello = sent.IndexOf('\n');
            return hello < 0 ? string.Empty : sent.Substring(hello + 1);
        }

        /// <summary>Opens a conversation, and forgets the open.</summary>
        internal Conversation Open(string character = "innkeeper")
        {
            Task<Conversation> opening = Session.OpenAsync(character);
            string asked = Server.TakeSent();
            string number = asked.Substring(asked.LastIndexOf("[2,", System.StringComparison.Ordinal)).Split(',')[1];
            Server.Send("[34,seq," + number + ",\"Marta\",[\"wave\"],[]]");
            Session.Update();
            Assert.That(opening.Status, Is.EqualTo(TaskStatus.RanToCompletion));
            Log.Listen(opening.Result);
            return opening.Result;
        }

        /// <summary>Says something that the server takes on, and forgets what was sent and told.</summary>
        internal Turn Begin(Conversation conversation)
        {
            Turn turn = conversation.Say("Hello");
            Server.Send("[35,seq," + conversation.Number + "," + turn.Number + "]");
            Session.Update();
            Server.TakeSent();
            Log.Take();
            return turn;
        }
    }
}
