using System;

namespace UnityEngine
{
    public class UnityException : SystemException
    {
        public UnityException()
            : this("A Unity Runtime error occurred!")
        {
        }

        public UnityException(string message)
            : base(message)
        {
        }
    }

    public class MissingReferenceException : SystemException
    {
        public MissingReferenceException()
            : this("A Unity Runtime error occurred!")
        {
        }

        public MissingReferenceException(string message)
            : base(message)
        {
        }
    }

    public class MissingComponentException : SystemException
    {
        public MissingComponentException()
            : this("A Unity Runtime error occurred!")
        {
        }

        public MissingComponentException(string message)
            : base(message)
        {
        }
    }
}
