using System;
using System.Collections.Generic;
using Loquent.Double;

namespace UnityEngine
{
    public enum AnimatorControllerParameterType
    {
        Float = 1,
        Int = 3,
        Bool = 4,
        Trigger = 9,
    }

    public enum HumanBodyBones
    {
        Hips = 0,
        Spine = 7,
        Chest = 8,
        Neck = 9,
        Head = 10,
        LeftEye = 21,
        RightEye = 22,
        Jaw = 23,
        UpperChest = 54,
        LastBone = 55,
    }

    public class AnimatorControllerParameter
    {
#if UNITY_6000_0_OR_NEWER
        public string name { get; internal set; }
#else
        public string name { get; set; }
#endif

        public int nameHash => Animator.StringToHash(name);

        public AnimatorControllerParameterType type { get; set; }
    }

    public class RuntimeAnimatorController : Object
    {
        protected internal RuntimeAnimatorController()
        {
            Attach();
        }

        internal List<AnimatorControllerParameter> Parameters { get; } = new List<AnimatorControllerParameter>();
    }

    public class Avatar : Object
    {
        internal Avatar()
        {
            Attach();
        }

        public bool isHuman { get; internal set; }

        public bool isValid => true;
    }

    /// <summary>Moves nothing; keeps what it was told. A test makes its controller and its bones with Engine.</summary>
    public class Animator : Behaviour
    {
        private readonly Dictionary<int, object> values = new Dictionary<int, object>();
        private RuntimeAnimatorController controller;

        public RuntimeAnimatorController runtimeAnimatorController
        {
            get => controller;
            set => controller = value;
        }

        public Avatar avatar { get; set; }

        public bool isHuman => avatar != null && avatar.isHuman;

        public bool isInitialized => controller != null && IsAwake && Owner.IsActiveInHierarchy;

        public int parameterCount => controller == null ? 0 : controller.Parameters.Count;

        public float speed { get; set; } = 1;

        /// <summary>A new array each time, as in Unity.</summary>
        public AnimatorControllerParameter[] parameters
        {
            get
            {
                if (controller == null)
                {
                    Debug.LogWarning("Animator is not playing an AnimatorController", this);
                    return new AnimatorControllerParameter[0];
                }

                return controller.Parameters.ToArray();
            }
        }

        internal Dictionary<HumanBodyBones, Transform> Bones { get; } = new Dictionary<HumanBodyBones, Transform>();

        public static int StringToHash(string name)
        {
            // CRC-32, as Unity's.
            uint crc = 0xFFFFFFFF;
            foreach (byte one in System.Text.Encoding.UTF8.GetBytes(name))
            {
                crc ^= one;
                for (int bit = 0; bit < 8; bit++)
                {
                    crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
                }
            }

            return (int)~crc;
        }

        public AnimatorControllerParameter GetParameter(int index) => parameters[index];

        public void SetTrigger(string name) => Set(name, StringToHash(name), AnimatorControllerParameterType.Trigger, true);

        public void SetTrigger(int id) => Set(null, id, AnimatorControllerParameterType.Trigger, true);

        public void ResetTrigger(string name) => Set(name, StringToHash(name), AnimatorControllerParameterType.Trigger, false);

        public void ResetTrigger(int id) => Set(null, id, AnimatorControllerParameterType.Trigger, false);

        public void SetBool(string name, bool value) => Set(name, StringToHash(name), AnimatorControllerParameterType.Bool, value);

        public void SetBool(int id, bool value) => Set(null, id, AnimatorControllerParameterType.Bool, value);

        public bool GetBool(string name) => values.TryGetValue(StringToHash(name), out object value) && (bool)value;

        public void SetFloat(string name, float value) => Set(name, StringToHash(name), AnimatorControllerParameterType.Float, value);

        public void SetFloat(int id, float value) => Set(null, id, AnimatorControllerParameterType.Float, value);

        public float GetFloat(string name) => values.TryGetValue(StringToHash(name), out object value) ? (float)value : 0;

        public void SetInteger(string name, int value) => Set(name, StringToHash(name), AnimatorControllerParameterType.Int, value);

        public void SetInteger(int id, int value) => Set(null, id, AnimatorControllerParameterType.Int, value);

        public Transform GetBoneTransform(HumanBodyBones humanBoneId)
        {
            if (avatar == null)
            {
                throw new InvalidOperationException("Avatar is null.");
            }

            return Bones.TryGetValue(humanBoneId, out Transform bone) ? bone : null;
        }

        private void Set(string name, int hash, AnimatorControllerParameterType type, object value)
        {
            Touch();
            if (controller == null)
            {
                Debug.LogWarning("Animator is not playing an AnimatorController", this);
                return;
            }

            AnimatorControllerParameter known = controller.Parameters.Find(one => one.nameHash == hash);
            if (known == null)
            {
                Debug.LogWarning(name == null ? "Parameter 'Hash " + hash + "' does not exist." : "Parameter '" + name + "' does not exist.", this);
                return;
            }

            if (known.type != type)
            {
                Debug.LogWarning("Parameter type '" + known.name + "' does not match.", this);
                return;
            }

            values[hash] = value;
            World.Current.Part<AnimatorCalls>().Add(new AnimatorCall(this, known.name, value));
        }
    }
}

namespace Loquent.Double
{
    /// <summary>A parameter of an animator that was set.</summary>
    public sealed class AnimatorCall
    {
        internal AnimatorCall(UnityEngine.Animator animator, string parameter, object value)
        {
            Animator = animator;
            Parameter = parameter;
            Value = value;
            Time = World.Current.Clock.Time;
        }

        /// <summary>Whose.</summary>
        public UnityEngine.Animator Animator { get; }

        /// <summary>The parameter's name.</summary>
        public string Parameter { get; }

        /// <summary>True for a trigger that was set, false for one that was reset; else the value.</summary>
        public object Value { get; }

        /// <summary>When, in the engine's seconds.</summary>
        public double Time { get; }
    }

    internal sealed class AnimatorCalls : System.Collections.Generic.List<AnimatorCall>
    {
    }
}
