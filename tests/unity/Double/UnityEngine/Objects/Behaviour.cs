using Loquent.Double;

namespace UnityEngine
{
    /// <summary>A component that can be switched off.</summary>
    public class Behaviour : Component
    {
        [SerializeField]
        private bool isOn = true;

        public bool enabled
        {
            get
            {
                Touch();
                return isOn;
            }

            set
            {
                Touch();
                if (isOn == value)
                {
                    return;
                }

                isOn = value;
                if (value)
                {
                    Lifecycle.Enable(this);
                }
                else
                {
                    Lifecycle.Disable(this);
                }
            }
        }

        public bool isActiveAndEnabled
        {
            get
            {
                Touch();
                return IsRunning || (IsEnabled && Owner.IsActiveInHierarchy && IsAwake);
            }
        }

        internal bool IsEnabled => isOn;

        /// <summary>Whether Awake has been called.</summary>
        internal bool IsAwake { get; set; }

        /// <summary>Whether it's enabled in an active GameObject, and OnEnable has been called.</summary>
        internal bool IsRunning { get; set; }

        internal virtual void WhenEnabled()
        {
        }

        internal virtual void WhenDisabled()
        {
        }
    }
}
