using System;
using System.Collections.Generic;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>A line of the engine's log.</summary>
    public sealed class LogLine
    {
        internal LogLine(LogType type, string message, UnityEngine.Object context, Exception exception)
        {
            Type = type;
            Message = message;
            Context = context;
            Exception = exception;
        }

        /// <summary>What kind of line it is.</summary>
        public LogType Type { get; }

        /// <summary>The text.</summary>
        public string Message { get; }

        /// <summary>The object that it's about, or null.</summary>
        public UnityEngine.Object Context { get; }

        /// <summary>The exception, if that is what was logged.</summary>
        public Exception Exception { get; }

        /// <summary>The kind and the text, and where an exception comes from.</summary>
        /// <returns>The line.</returns>
        public override string ToString()
        {
            return Type + ": " + (Exception == null ? Message : Exception.ToString());
        }
    }

    /// <summary>What was logged. Any thread may log.</summary>
    internal sealed class LogBook
    {
        private readonly List<LogLine> lines = new List<LogLine>();

        internal event Application.LogCallback Received;

        internal event Application.LogCallback ReceivedThreaded;

        internal LogLine[] Lines
        {
            get
            {
                lock (lines)
                {
                    return lines.ToArray();
                }
            }
        }

        internal void Clear()
        {
            lock (lines)
            {
                lines.Clear();
            }
        }

        internal void Remove(LogLine line)
        {
            lock (lines)
            {
                lines.Remove(line);
            }
        }

        internal void Add(LogType type, object message, UnityEngine.Object context = null, Exception exception = null)
        {
            string text = message == null ? "Null" : message.ToString();
            lock (lines)
            {
                lines.Add(new LogLine(type, text, context, exception));
            }

            string trace = exception == null ? string.Empty : exception.StackTrace ?? string.Empty;
            ReceivedThreaded?.Invoke(text, trace, type);
            if (World.IsMainThread)
            {
                Received?.Invoke(text, trace, type);
            }
        }
    }
}
