using Loquent.Double;

namespace UnityEngine
{
    /// <summary>A rectangle that hangs on its parent's by two anchors.</summary>
    public sealed class RectTransform : Transform
    {
        private Vector2 least = new Vector2(0.5f, 0.5f);
        private Vector2 most = new Vector2(0.5f, 0.5f);
        private Vector2 anchored;
        private Vector2 extra = new Vector2(100, 100);
        private Vector2 turningPoint = new Vector2(0.5f, 0.5f);
        private float depth;

        public enum Axis
        {
            Horizontal = 0,
            Vertical = 1,
        }

        public enum Edge
        {
            Left = 0,
            Right = 1,
            Top = 2,
            Bottom = 3,
        }

        /// <summary>In its own space: its corner of the smallest x and y, from the pivot.</summary>
        public Rect rect
        {
            get
            {
                Touch();
                Vector2 whole = Size;
                return new Rect(-turningPoint.x * whole.x, -turningPoint.y * whole.y, whole.x, whole.y);
            }
        }

        public Vector2 anchorMin
        {
            get => least;
            set => Set(ref least, value);
        }

        public Vector2 anchorMax
        {
            get => most;
            set => Set(ref most, value);
        }

        public Vector2 pivot
        {
            get => turningPoint;
            set => Set(ref turningPoint, value);
        }

        public Vector2 sizeDelta
        {
            get => extra;
            set => Set(ref extra, value);
        }

        public Vector2 anchoredPosition
        {
            get => anchored;
            set
            {
                Touch();
                anchored = value;
                Changed();
            }
        }

        public Vector3 anchoredPosition3D
        {
            get => new Vector3(anchored.x, anchored.y, depth);
            set
            {
                anchoredPosition = value;
                depth = value.z;
            }
        }

        public Vector2 offsetMin
        {
            get => anchored - (extra * turningPoint);
            set
            {
                Vector2 change = value - offsetMin;
                anchored += change * (Vector2.one - turningPoint);
                sizeDelta -= change;
            }
        }

        public Vector2 offsetMax
        {
            get => anchored + (extra * (Vector2.one - turningPoint));
            set
            {
                Vector2 change = value - offsetMax;
                anchored += change * turningPoint;
                sizeDelta += change;
            }
        }

        internal override Vector3 LocalPlace
        {
            get
            {
                Vector2 from = anchored + Reference;
                return new Vector3(from.x, from.y, depth);
            }

            set
            {
                anchored = (Vector2)value - Reference;
                depth = value.z;
            }
        }

        private Vector2 Size => extra + ((most - least) * ParentRect.size);

        /// <summary>Where the anchors are, in the parent's space.</summary>
        private Vector2 Reference
        {
            get
            {
                Rect outer = ParentRect;
                return outer.min + (outer.size * (least + ((most - least) * turningPoint)));
            }
        }

        private Rect ParentRect
        {
            get
            {
                var outer = ParentOrNull as RectTransform;
                return ReferenceEquals(outer, null) ? default(Rect) : outer.rect;
            }
        }

        public void SetSizeWithCurrentAnchors(Axis axis, float size)
        {
            int index = (int)axis;
            Vector2 changed = extra;
            changed[index] = size - (ParentRect.size[index] * (most[index] - least[index]));
            sizeDelta = changed;
        }

        public void SetInsetAndSizeFromParentEdge(Edge edge, float inset, float size)
        {
            int index = edge == Edge.Top || edge == Edge.Bottom ? 1 : 0;
            bool atEnd = edge == Edge.Top || edge == Edge.Right;
            Vector2 anchor = least;
            anchor[index] = atEnd ? 1 : 0;
            Vector2 other = most;
            other[index] = anchor[index];
            Vector2 changed = extra;
            changed[index] = size;
            Vector2 where = anchored;
            where[index] = atEnd ? -inset - (size * (1 - turningPoint[index])) : inset + (size * turningPoint[index]);
            least = anchor;
            most = other;
            anchored = where;
            sizeDelta = changed;
        }

        /// <summary>Bottom left, top left, top right, bottom right.</summary>
        public void GetLocalCorners(Vector3[] fourCornersArray)
        {
            Rect own = rect;
            fourCornersArray[0] = new Vector3(own.xMin, own.yMin, 0);
            fourCornersArray[1] = new Vector3(own.xMin, own.yMax, 0);
            fourCornersArray[2] = new Vector3(own.xMax, own.yMax, 0);
            fourCornersArray[3] = new Vector3(own.xMax, own.yMin, 0);
        }

        public void GetWorldCorners(Vector3[] fourCornersArray)
        {
            GetLocalCorners(fourCornersArray);
            Matrix4x4 toWorld = localToWorldMatrix;
            for (int i = 0; i < 4; i++)
            {
                fourCornersArray[i] = toWorld.MultiplyPoint3x4(fourCornersArray[i]);
            }
        }

        public void ForceUpdateRectTransforms()
        {
        }

        internal override void CopyFrom(Transform source)
        {
            base.CopyFrom(source);
            var other = (RectTransform)source;
            least = other.least;
            most = other.most;
            anchored = other.anchored;
            extra = other.extra;
            turningPoint = other.turningPoint;
            depth = other.depth;
        }

        private void Set(ref Vector2 field, Vector2 value)
        {
            Touch();
            if (field.Equals(value))
            {
                return;
            }

            field = value;
            Changed();
            TellSizes();
        }

        /// <summary>Tells itself and all that is stretched over it.</summary>
        private void TellSizes()
        {
            Messages.Send(Owner, Message.OnRectTransformDimensionsChange);
            for (int i = 0; i < Children.Count; i++)
            {
                if (Children[i] is RectTransform child && child.least != child.most)
                {
                    child.TellSizes();
                }
            }
        }
    }
}
