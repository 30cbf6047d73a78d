namespace UnityEngine.EventSystems
{
    /// <summary>A script with all messages of user interfaces as methods to override.</summary>
    public abstract class UIBehaviour : MonoBehaviour
    {
        public virtual bool IsActive() => isActiveAndEnabled;

        public bool IsDestroyed() => this == null;

        protected virtual void Awake()
        {
        }

        protected virtual void OnEnable()
        {
        }

        protected virtual void Start()
        {
        }

        protected virtual void OnDisable()
        {
        }

        protected virtual void OnDestroy()
        {
        }

        protected virtual void OnRectTransformDimensionsChange()
        {
        }

        protected virtual void OnBeforeTransformParentChanged()
        {
        }

        protected virtual void OnTransformParentChanged()
        {
        }

        protected virtual void OnDidApplyAnimationProperties()
        {
        }

        protected virtual void OnCanvasGroupChanged()
        {
        }

        protected virtual void OnCanvasHierarchyChanged()
        {
        }
    }
}
