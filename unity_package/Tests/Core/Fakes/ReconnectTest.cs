using System.Threading.Tasks;
using Loquent.Core.Failures;
using NUnit.Framework;

namespace Loquent.Core.Tests.Fakes
{
    /// <summary>A session that connects again by itself, at once, with a reply that has come to its third letter.</summary>
    public abstract class ReconnectTest : SessionTest
    {
        internal Conversation Conversation { get; private set; }

        internal Turn Turn { get; private set; }

        [SetUp]
        public void LetTheServerResume()
        {
            Server.Resumes = true;
        }

        /// <summary>Connects, and lets a reply begin whose text waits for Update.</summary>
        internal void ConnectAndBegin()
        {
            Connect();
            Conversation = Open();
            Turn = Begin(Conversation);
            Server.Send("[36,seq,1,\"Hel\",1]");
        }

        /// <summary>Lets the attempts to come fail.</summary>
        internal void BeUnreachable()
        {
            Server.Prepare = transport => transport.Connecting = Task.FromException(new UnreachableException("Nobody is there."));
        }

        /// <summary>Lets the connection break, and the session notice.</summary>
        internal void Lose()
        {
            Server.Transport.Break();
            Session.Update();
        }
    }
}
