using UnityEngine;

namespace Loquent
{
    /// <summary>
    /// Keeps a <see cref="SpeechCanvas"/> at its object and readable for the player: above it, turned to the player, at an angular size that stays the same between a nearest
    /// and a farthest distance. Canvases of neighbours don't cover each other.
    /// </summary>
    /// <remarks>It's never locked to the head: it follows lazily, with a dead zone, so that text rests while it's read.</remarks>
    [AddComponentMenu("Loquent/Canvas Anchor")]
    [RequireComponent(typeof(SpeechCanvas))]
    [DisallowMultipleComponent]
    public sealed partial class CanvasAnchor : MonoBehaviour
    {
        [Tooltip("Where the canvas is kept: above all that is drawn of the target, at a bone of its humanoid Animator, or at its transform.")]
        [SerializeField] private AnchorKind kind = AnchorKind.AboveBounds;

        [Tooltip("What it's kept at. None: the NPC that this object is or is below, else this object; for the kind Transform always this object.")]
        [SerializeField] private Transform target;

        [Tooltip("The bone, for the kind Bone. Without a humanoid Animator it's kept above the bounds instead.")]
        [SerializeField] private HumanBodyBones bone = HumanBodyBones.Head;

        [Tooltip("From there to the canvas's lower edge, in metres and the world's directions. From -10 to 10 each.")]
        [SerializeField] private Vector3 offset = new Vector3(0, 0.12f, 0);

        [Tooltip("How it turns to the player.")]
        [SerializeField] private CanvasFacing facing = CanvasFacing.Upright;

        [Tooltip("Nearer than that the canvas keeps its size in the world, in metres. From 0.3 to 10.")]
        [Range(0.3f, 10)]
        [SerializeField] private float nearest = 1;

        [Tooltip("Farther than that the canvas keeps its size in the world, in metres. From 1 to 50.")]
        [Range(1, 50)]
        [SerializeField] private float farthest = 5;

        [Tooltip("At this distance from the player's eye the canvas is gone, in metres; half as much more, and it's all there. From 0 to 2.")]
        [Range(0, 2)]
        [SerializeField] private float goneNear = 0.4f;

        [Tooltip("At this distance from the player's eye the canvas is gone, in metres; 0: it's there from any distance. From 0 to 200.")]
        [Range(0, 200)]
        [SerializeField] private float goneFar = 15;

        [Tooltip("Whether it's gone while something stands between the player's eye and the canvas. Costs a linecast now and then.")]
        [SerializeField] private bool hidesOccluded;

        [Tooltip("On which layers something may stand between, for Hides Occluded. The target's own colliders don't count.")]
        [SerializeField] private LayerMask occluders = ~0;

        [Tooltip("Whether it's raised above nearer canvases that it would cover.")]
        [SerializeField] private bool separates = true;

        [Tooltip("How fast it follows what it's kept at: in so many seconds most of the way is gone. From 0 to 2; 0 is rigid.")]
        [Range(0, 2)]
        [SerializeField] private float followSeconds = 0.08f;

        [Tooltip("How fast it turns to the player: in so many seconds most of the way is gone. From 0 to 2; 0 is rigid.")]
        [Range(0, 2)]
        [SerializeField] private float turnSeconds = 0.25f;

        [Tooltip("Whose eye it faces. None: the camera tagged MainCamera, or any that is enabled.")]
        [SerializeField] private Camera viewer;

        /// <summary>Where the canvas is kept.</summary>
        public AnchorKind Kind
        {
            get => kind;
            set => kind = value;
        }

        /// <summary>
        /// What it's kept at; null for the NPC that this object is or is below, else this object. For <see cref="AnchorKind.Transform"/> always this object.
        /// </summary>
        public Transform Target
        {
            get => target;
            set => target = value;
        }

        /// <summary>The bone, for <see cref="AnchorKind.Bone"/>.</summary>
        public HumanBodyBones Bone
        {
            get => bone;
            set => bone = value;
        }

        /// <summary>From there to the canvas's lower edge, in metres and the world's directions.</summary>
        public Vector3 Offset
        {
            get => offset;
            set => offset = value;
        }

        /// <summary>How it turns to the player.</summary>
        public CanvasFacing Facing
        {
            get => facing;
            set => facing = value;
        }

        /// <summary>Nearer than that the canvas keeps its size in the world, in metres.</summary>
        public float Nearest
        {
            get => nearest;
            set => nearest = value;
        }

        /// <summary>Farther than that the canvas keeps its size in the world, in metres.</summary>
        public float Farthest
        {
            get => farthest;
            set => farthest = value;
        }

        /// <summary>At this distance from the player's eye the canvas is gone, in metres.</summary>
        public float GoneNear
        {
            get => goneNear;
            set => goneNear = value;
        }

        /// <summary>At this distance from the player's eye the canvas is gone, in metres; 0 for none.</summary>
        public float GoneFar
        {
            get => goneFar;
            set => goneFar = value;
        }

        /// <summary>Whether it's gone while something stands between.</summary>
        public bool HidesOccluded
        {
            get => hidesOccluded;
            set => hidesOccluded = value;
        }

        /// <summary>On which layers something may stand between.</summary>
        public LayerMask Occluders
        {
            get => occluders;
            set => occluders = value;
        }

        /// <summary>Whether it's raised above nearer canvases that it would cover.</summary>
        public bool Separates
        {
            get => separates;
            set => separates = value;
        }

        /// <summary>In so many seconds most of the way to its place is gone; 0 is rigid.</summary>
        public float FollowSeconds
        {
            get => followSeconds;
            set => followSeconds = value;
        }

        /// <summary>In so many seconds most of the turn to the player is gone; 0 is rigid.</summary>
        public float TurnSeconds
        {
            get => turnSeconds;
            set => turnSeconds = value;
        }

        /// <summary>Whose eye it faces; null for the main camera.</summary>
        public Camera Viewer
        {
            get => viewer;
            set => viewer = value;
        }

        /// <summary>The canvas.</summary>
        public SpeechCanvas Speech { get; private set; }

        /// <summary>How far the canvas is from the player's eye, in metres; 0 without a camera.</summary>
        public float Distance { get; private set; }

        /// <summary>Whether something stands between, as far as it's looked for.</summary>
        public bool IsOccluded { get; private set; }

        /// <summary>Goes to its place at once, without following: for when its object has been moved.</summary>
        public void Snap()
        {
            isPlaced = false;
        }
    }
}
