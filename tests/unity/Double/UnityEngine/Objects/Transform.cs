using System.Collections;
using System.Collections.Generic;
using Loquent.Double;

namespace UnityEngine
{
    public enum Space
    {
        World = 0,
        Self = 1,
    }

    /// <summary>Where a GameObject is, in its parent's space.</summary>
    public class Transform : Component, IEnumerable
    {
        private readonly List<Transform> children = new List<Transform>();
        private Vector3 place;
        private Quaternion turn = Quaternion.identity;
        private Vector3 size = Vector3.one;
        private Transform above;

        protected internal Transform()
        {
        }

        public Transform parent
        {
            get
            {
                Touch();
                return above;
            }

            set => SetParent(value, true);
        }

        public Transform root
        {
            get
            {
                Touch();
                return above == null ? this : above.root;
            }
        }

        public int childCount => children.Count;

        public bool hasChanged { get; set; } = true;

        public Vector3 localPosition
        {
            get
            {
                Touch();
                return LocalPlace;
            }

            set
            {
                Touch();
                LocalPlace = value;
                Changed();
            }
        }

        public Quaternion localRotation
        {
            get
            {
                Touch();
                return turn;
            }

            set
            {
                Touch();
                turn = Quaternion.Normalize(value);
                Changed();
            }
        }

        public Vector3 localScale
        {
            get
            {
                Touch();
                return size;
            }

            set
            {
                Touch();
                size = value;
                Changed();
            }
        }

        public Vector3 localEulerAngles
        {
            get => localRotation.eulerAngles;
            set => localRotation = Quaternion.Euler(value);
        }

        public Vector3 position
        {
            get
            {
                Touch();
                return above == null ? LocalPlace : above.TransformPoint(LocalPlace);
            }

            set => localPosition = above == null ? value : above.InverseTransformPoint(value);
        }

        public Quaternion rotation
        {
            get
            {
                Touch();
                return above == null ? turn : above.rotation * turn;
            }

            set => localRotation = above == null ? value : Quaternion.Inverse(above.rotation) * value;
        }

        public Vector3 eulerAngles
        {
            get => rotation.eulerAngles;
            set => rotation = Quaternion.Euler(value);
        }

        /// <summary>The scale in the world, as far as a vector can tell: what shears is left out.</summary>
        public Vector3 lossyScale
        {
            get
            {
                Matrix4x4 scaled = Matrix4x4.Rotate(Quaternion.Inverse(rotation)) * localToWorldMatrix;
                return new Vector3(scaled.m00, scaled.m11, scaled.m22);
            }
        }

        public Vector3 right
        {
            get => rotation * Vector3.right;
            set => rotation = Quaternion.FromToRotation(Vector3.right, value);
        }

        public Vector3 up
        {
            get => rotation * Vector3.up;
            set => rotation = Quaternion.FromToRotation(Vector3.up, value);
        }

        public Vector3 forward
        {
            get => rotation * Vector3.forward;
            set => rotation = Quaternion.LookRotation(value);
        }

        public Matrix4x4 localToWorldMatrix
        {
            get
            {
                Touch();
                Matrix4x4 local = Matrix4x4.TRS(LocalPlace, turn, size);
                return above == null ? local : above.localToWorldMatrix * local;
            }
        }

        public Matrix4x4 worldToLocalMatrix => localToWorldMatrix.inverse;

        internal List<Transform> Children => children;

        internal Transform ParentOrNull => above;

        internal virtual Vector3 LocalPlace
        {
            get => place;
            set => place = value;
        }

        public void SetParent(Transform p) => SetParent(p, true);

        public void SetParent(Transform parent, bool worldPositionStays)
        {
            Touch();
            if (ReferenceEquals(parent, above))
            {
                return;
            }

            if (parent != null && parent.IsChildOf(this))
            {
                Debug.LogError("Cannot set the parent of the GameObject '" + name + "' to itself or a child of it.", this);
                return;
            }

            Vector3 was = position;
            Quaternion turned = rotation;
            Vector3 scaled = lossyScale;
            Messages.Send(Owner, Message.OnBeforeTransformParentChanged);
            Transform before = above;
            Leave();
            above = parent == null ? null : parent;
            Enter();
            if (worldPositionStays)
            {
                turn = above == null ? turned : Quaternion.Inverse(above.rotation) * turned;
                position = was;
                Vector3 outer = above == null ? Vector3.one : above.lossyScale;
                size = new Vector3(Ratio(scaled.x, outer.x), Ratio(scaled.y, outer.y), Ratio(scaled.z, outer.z));
            }

            Changed();
            Lifecycle.ActivityChanged(Owner);
            TellBelow(Message.OnTransformParentChanged);
            TellBelow(Message.OnCanvasHierarchyChanged);
            Tell(before, Message.OnTransformChildrenChanged);
            Tell(above, Message.OnTransformChildrenChanged);
        }

        public void SetPositionAndRotation(Vector3 position, Quaternion rotation)
        {
            this.rotation = rotation;
            this.position = position;
        }

        public void SetLocalPositionAndRotation(Vector3 localPosition, Quaternion localRotation)
        {
            this.localRotation = localRotation;
            this.localPosition = localPosition;
        }

        public void GetPositionAndRotation(out Vector3 position, out Quaternion rotation)
        {
            position = this.position;
            rotation = this.rotation;
        }

        public void Translate(Vector3 translation) => Translate(translation, Space.Self);

        public void Translate(Vector3 translation, Space relativeTo) =>
            position += relativeTo == Space.World ? translation : TransformDirection(translation);

        public void Translate(float x, float y, float z) => Translate(new Vector3(x, y, z));

        public void Rotate(Vector3 eulers) => Rotate(eulers, Space.Self);

        public void Rotate(Vector3 eulers, Space relativeTo)
        {
            Quaternion by = Quaternion.Euler(eulers);
            rotation = relativeTo == Space.Self ? rotation * by : by * rotation;
        }

        public void Rotate(float xAngle, float yAngle, float zAngle) => Rotate(new Vector3(xAngle, yAngle, zAngle));

        public void Rotate(Vector3 axis, float angle) => rotation *= Quaternion.AngleAxis(angle, axis);

        public void RotateAround(Vector3 point, Vector3 axis, float angle)
        {
            Quaternion by = Quaternion.AngleAxis(angle, axis);
            SetPositionAndRotation(point + (by * (position - point)), by * rotation);
        }

        public void LookAt(Transform target) => LookAt(target.position, Vector3.up);

        public void LookAt(Transform target, Vector3 worldUp) => LookAt(target.position, worldUp);

        public void LookAt(Vector3 worldPosition) => LookAt(worldPosition, Vector3.up);

        public void LookAt(Vector3 worldPosition, Vector3 worldUp) => rotation = Quaternion.LookRotation(worldPosition - position, worldUp);

        public Vector3 TransformPoint(Vector3 position) => localToWorldMatrix.MultiplyPoint3x4(position);

        public Vector3 TransformPoint(float x, float y, float z) => TransformPoint(new Vector3(x, y, z));

        public Vector3 InverseTransformPoint(Vector3 position) => worldToLocalMatrix.MultiplyPoint3x4(position);

        public Vector3 InverseTransformPoint(float x, float y, float z) => InverseTransformPoint(new Vector3(x, y, z));

        public Vector3 TransformDirection(Vector3 direction) => rotation * direction;

        public Vector3 InverseTransformDirection(Vector3 direction) => Quaternion.Inverse(rotation) * direction;

        public Vector3 TransformVector(Vector3 vector) => localToWorldMatrix.MultiplyVector(vector);

        public Vector3 InverseTransformVector(Vector3 vector) => worldToLocalMatrix.MultiplyVector(vector);

        public Transform GetChild(int index) =>
            index >= 0 && index < children.Count ? children[index] : throw new UnityException("Transform child out of bounds");

        public Transform Find(string n)
        {
            string[] path = n.Split(new[] { '/' }, 2);
            foreach (Transform child in children)
            {
                if (child.name == path[0])
                {
                    return path.Length == 1 ? child : child.Find(path[1]);
                }
            }

            return null;
        }

        public bool IsChildOf(Transform parent)
        {
            for (Transform one = this; !ReferenceEquals(one, null); one = one.above)
            {
                if (ReferenceEquals(one, parent))
                {
                    return true;
                }
            }

            return false;
        }

        public void DetachChildren()
        {
            foreach (Transform child in children.ToArray())
            {
                child.SetParent(null);
            }
        }

        public int GetSiblingIndex() => above == null ? Owner.Scene == null ? 0 : Owner.Scene.Roots.IndexOf(Owner) : above.children.IndexOf(this);

        public void SetSiblingIndex(int index)
        {
            if (above == null)
            {
                Owner.Scene.Roots.Remove(Owner);
                Owner.Scene.Roots.Insert(Mathf.Clamp(index, 0, Owner.Scene.Roots.Count), Owner);
            }
            else
            {
                above.children.Remove(this);
                above.children.Insert(Mathf.Clamp(index, 0, above.children.Count), this);
            }
        }

        public void SetAsFirstSibling() => SetSiblingIndex(0);

        public void SetAsLastSibling() => SetSiblingIndex(int.MaxValue);

        public IEnumerator GetEnumerator() => children.ToArray().GetEnumerator();

        /// <summary>Takes the place of another Transform of its GameObject.</summary>
        internal void TakeOver(Transform old)
        {
            turn = old.turn;
            size = old.size;
            above = old.above;
            LocalPlace = old.LocalPlace;
            if (above != null)
            {
                above.children[above.children.IndexOf(old)] = this;
            }

            children.AddRange(old.children);
            old.children.Clear();
            foreach (Transform child in children)
            {
                child.above = this;
            }
        }

        /// <summary>Is no longer its parent's, or its scene's.</summary>
        internal void Leave()
        {
            if (ReferenceEquals(above, null))
            {
                Owner.Scene?.Roots.Remove(Owner);
            }
            else
            {
                above.children.Remove(this);
            }
        }

        /// <summary>Takes place, rotation and scale of another, as a copy does.</summary>
        internal virtual void CopyFrom(Transform source)
        {
            place = source.place;
            turn = source.turn;
            size = source.size;
        }

        internal void Changed()
        {
            hasChanged = true;
            for (int i = 0; i < children.Count; i++)
            {
                children[i].Changed();
            }
        }

        internal void TellBelow(Message message)
        {
            Messages.Send(Owner, message);
            for (int i = 0; i < children.Count; i++)
            {
                children[i].TellBelow(message);
            }
        }

        private static float Ratio(float whole, float outer) => outer == 0 ? 0 : whole / outer;

        private static void Tell(Transform one, Message message)
        {
            if (one != null)
            {
                Messages.Send(one.Owner, message);
            }
        }

        private void Enter()
        {
            if (above == null)
            {
                SceneState to = Owner.Scene ?? (Owner.IsAsset ? null : World.Current.Scenes.Active);
                Owner.SetScene(to);
                to?.Roots.Add(Owner);
                return;
            }

            above.children.Add(this);
            Owner.SetScene(above.Owner.Scene);
            MarkAsset(above.Owner.IsAsset);
        }

        private void MarkAsset(bool isAsset)
        {
            Owner.IsAsset = isAsset;
            foreach (Transform child in children)
            {
                child.MarkAsset(isAsset);
            }
        }
    }
}
