using Loquent.Core.Display;
using UnityEngine;

namespace Loquent
{
    /// <content>Finding its place, from frame to frame.</content>
    public sealed partial class CanvasAnchor
    {
        private const double GrowSeconds = 3;
        private const double LeastOff = 0.01;
        private const double MostOff = 0.05;
        private const double LeastTurn = 0.1;
        private const double MostTurn = 5;
        private const double LeastResize = 0.01;
        private const double MostResize = 0.08;
        private const float ResizeSeconds = 0.15f;
        private const float LiftSeconds = 0.2f;
        private const float SnapMetres = 2;
        private const float LookSeconds = 0.25f;
        private const float HideSeconds = 0.2f;
        private const float WarnAfterSeconds = 1;
        private const int Groups = 16;

        private static int enabledCount;

        private readonly AnchorPoint point = new AnchorPoint();
        private readonly ViewBox box = new ViewBox();
        private DeadZone offZone;
        private DeadZone yawZone;
        private DeadZone pitchZone;
        private DeadZone sizeZone;
        private Npc owner;
        private Vector3 home;
        private Camera eye;
        private Vector3 wanted;
        private Vector3 at;
        private float yaw;
        private float pitch;
        private float readAt;
        private float lift;
        private float clear = 1;
        private float sinceLooked;
        private bool sawOccluder;
        private bool isBehind;
        private bool isPlaced;
        private bool hasPose;
        private bool wasTargeted;
        private float blindSeconds;
        private bool toldOfNoCamera;
        private bool toldOfNoTarget;
        private bool toldOfNoBone;

        /// <summary>Whether another one is kept at the same place of the same object.</summary>
        internal bool SharesPlaceWith(CanvasAnchor other)
        {
            return Kept == other.Kept && kind == other.kind && (kind != AnchorKind.Bone || bone == other.bone) && offset == other.offset;
        }

        /// <summary>Looks where it wants to be, and how the player sees that.</summary>
        internal void Look(float seconds)
        {
            box.IsVisible = false;
            if (this == null || Speech == null || Speech.Root == null)
            {
                return;
            }

            eye = FindEye(seconds);
            if (!TryFindWanted(seconds))
            {
                return;
            }

            if (!Speech.IsUp)
            {
                isPlaced = false; // it appears at its place the next time
                return;
            }

            if (eye == null)
            {
                return;
            }

            bool snaps = !isPlaced || Speech.IsStill || (wanted - at).sqrMagnitude > SnapMetres * SnapMetres;
            Follow(seconds, snaps);
            Resize(seconds, snaps);
            Turn(seconds, snaps);
            Judge(seconds, snaps);
            isPlaced = true;
        }

        /// <summary>Goes there.</summary>
        internal void Place(float seconds)
        {
            if (this == null || Speech == null || Speech.Root == null || !Speech.IsUp)
            {
                return;
            }

            if (eye == null)
            {
                StandStill();
                return;
            }

            double raised = box.Lift;
            lift += (float)((raised - lift) * (hasPose ? DeadZone.Share(seconds, Speech.IsStill ? 0 : LiftSeconds) : 1));
            float scale = Scale;
            Vector3 centre = Centre(scale) + (Vector3.up * RaiseFor(lift));
            RectTransform root = Speech.Root;
            root.SetPositionAndRotation(centre, facing == CanvasFacing.None ? transform.rotation : Quaternion.Euler(pitch, yaw, 0));
            SceneRoot.Scale(root, scale);
            hasPose = true;
        }

        private Transform Kept
        {
            get
            {
                if (target != null)
                {
                    return target;
                }

                return owner != null && kind != AnchorKind.Transform ? owner.transform : transform;
            }
        }

        private float Scale => (float)ApparentSize.MetresPerDmm(readAt, nearest, farthest) / Speech.UnitsPerDmm;

        private void OnEnable()
        {
            Speech = GetComponent<SpeechCanvas>();
            Speech.IsAnchored = true;
            owner = GetComponentInParent<Npc>();
            home = transform.position;
            wasTargeted = target != null;
            isPlaced = false;
            hasPose = false;
            sinceLooked = LookSeconds * (enabledCount++ % Groups / (float)Groups); // not all in the same frame
            CanvasRound.Add(this, box);
        }

        private void Start()
        {
            CanvasAnchor neighbour = CanvasRound.Neighbour(this);
            if (neighbour != null)
            {
                Log.Warning(
                    this,
                    "'" + neighbour.name + "' is kept at the same place of '" + Kept.name
                    + "', so one canvas is raised above the other. Give each a target or an offset of its own.");
            }
        }

        private void OnDisable()
        {
            CanvasRound.Remove(this, box);
            if (Speech != null)
            {
                Speech.IsAnchored = false;
                Speech.Visibility = 1;
            }
        }

        private Camera FindEye(float seconds)
        {
            Camera found = viewer != null && viewer.isActiveAndEnabled ? viewer : PlayerCamera.Get();
            blindSeconds = found == null ? blindSeconds + seconds : 0;
            if (blindSeconds > WarnAfterSeconds && !toldOfNoCamera)
            {
                toldOfNoCamera = true;
                Log.Warning(this, "there's no camera, so the canvas stays where it is. Tag the player's camera MainCamera, or set Viewer.");
            }

            return found;
        }

        private bool TryFindWanted(float seconds)
        {
            if (wasTargeted && target == null)
            {
                if (!toldOfNoTarget)
                {
                    toldOfNoTarget = true;
                    Log.Warning(this, "what the canvas was kept at is gone, so it stays where it is. Set another Target, or disable the component.");
                }

                return hasPose;
            }

            wasTargeted = target != null;
            Transform kept = Kept;
            bool isItself = kept == Speech.Root; // what follows itself never arrives
            wanted = (isItself ? home : point.Of(kept, kind, bone, seconds)) + offset;
            if (kind == AnchorKind.Bone && !isItself && point.LacksBone && !toldOfNoBone)
            {
                toldOfNoBone = true;
                Log.Warning(
                    this,
                    "'" + kept.name + "' has no humanoid Animator with the bone " + bone
                    + ", so the canvas is kept above its bounds. Choose another kind or bone.");
            }

            return true;
        }

        private void Follow(float seconds, bool snaps)
        {
            float off = (wanted - at).magnitude;
            if (snaps)
            {
                at = wanted;
                offZone = default(DeadZone);
            }
            else if (offZone.Advance(off, seconds, LeastOff, MostOff, GrowSeconds))
            {
                at = Vector3.Lerp(at, wanted, (float)DeadZone.Share(seconds, followSeconds));
            }
        }

        private void Resize(float seconds, bool snaps)
        {
            Vector3 eyePosition = eye.transform.position;
            Distance = (at - eyePosition).magnitude;
            float from = Mathf.Clamp(Distance, Mathf.Min(nearest, farthest), Mathf.Max(nearest, farthest));
            double off = readAt > 0 ? Mathf.Abs(Mathf.Log(from / readAt)) : 1;
            if (snaps || readAt <= 0)
            {
                readAt = from;
                sizeZone = default(DeadZone);
            }
            else if (sizeZone.Advance(off, seconds, LeastResize, MostResize, GrowSeconds))
            {
                readAt = Mathf.Lerp(readAt, from, (float)DeadZone.Share(seconds, ResizeSeconds));
            }
        }

        private void Turn(float seconds, bool snaps)
        {
            Vector3 away = Centre(Scale) - eye.transform.position;
            float flat = Mathf.Sqrt((away.x * away.x) + (away.z * away.z));
            if (flat < 0.05f)
            {
                return; // straight above or below: every direction is as good
            }

            float wantedYaw = Mathf.Atan2(away.x, away.z) * Mathf.Rad2Deg;
            float wantedPitch = facing == CanvasFacing.Full ? -Mathf.Atan2(away.y, flat) * Mathf.Rad2Deg : 0;
            if (snaps)
            {
                yaw = wantedYaw;
                pitch = wantedPitch;
                yawZone = default(DeadZone);
                pitchZone = default(DeadZone);
                return;
            }

            float share = (float)DeadZone.Share(seconds, turnSeconds);
            if (yawZone.Advance(Mathf.Abs(Mathf.DeltaAngle(yaw, wantedYaw)), seconds, LeastTurn, MostTurn, GrowSeconds))
            {
                yaw = Mathf.LerpAngle(yaw, wantedYaw, share);
            }

            if (pitchZone.Advance(Mathf.Abs(wantedPitch - pitch), seconds, LeastTurn, MostTurn, GrowSeconds))
            {
                pitch = Mathf.Lerp(pitch, wantedPitch, share);
            }
        }

        /// <summary>Judges how much of it is to be seen, and where in the player's view it is.</summary>
        private void Judge(float seconds, bool snaps)
        {
            float scale = Scale;
            Vector3 away = Centre(scale) - eye.transform.position;
            float distance = away.magnitude;
            float ahead = distance > 0 ? Vector3.Dot(away, eye.transform.forward) / distance : 1;
            isBehind = ahead < (isBehind ? -0.1f : -0.3f);
            LookForOccluders(seconds, away, distance);
            float goal = hidesOccluded && IsOccluded ? 0 : 1;
            clear = snaps ? goal : Mathf.MoveTowards(clear, goal, seconds / HideSeconds);
            float visibility = isBehind ? 0 : clear * (float)ApparentSize.Visibility(distance, goneNear, goneFar);
            Speech.Visibility = visibility;

            float flat = Mathf.Max(0.01f, Mathf.Sqrt((away.x * away.x) + (away.z * away.z)));
            Rect rect = Speech.Root.rect;
            box.IsVisible = separates && visibility > 0;
            box.Yaw = Mathf.Atan2(away.x, away.z);
            box.Pitch = Mathf.Atan2(away.y, flat);
            box.HalfWidth = Mathf.Atan2(rect.width * scale / 2, distance);
            box.HalfHeight = Mathf.Atan2(rect.height * scale / 2, distance);
            box.Distance = distance;
        }

        private void LookForOccluders(float seconds, Vector3 away, float distance)
        {
            sinceLooked += seconds;
            if (!hidesOccluded || sinceLooked < LookSeconds || distance <= 0)
            {
                IsOccluded &= hidesOccluded;
                return;
            }

            sinceLooked = 0;
            Vector3 from = eye.transform.position;
            bool isHit = Physics.Linecast(from, from + away, out RaycastHit hit, occluders, QueryTriggerInteraction.Ignore)
                && !hit.transform.IsChildOf(Kept);
            IsOccluded = isHit == sawOccluder ? isHit : IsOccluded; // twice the same, so that a passer-by doesn't make it flicker
            sawOccluder = isHit;
        }

        /// <summary>Without a camera it's put at its object once, and stays.</summary>
        private void StandStill()
        {
            Speech.Visibility = 1;
            if (hasPose)
            {
                return;
            }

            hasPose = true;
            at = wanted;
            readAt = Speech.ReadFrom;
            float scale = Scale;
            Speech.Root.SetPositionAndRotation(Centre(scale), transform.rotation);
            SceneRoot.Scale(Speech.Root, scale);
        }

        /// <summary>Where the middle of the canvas is, its lower edge being at its place.</summary>
        private Vector3 Centre(float scale)
        {
            return at + (Vector3.up * (Speech.Root.rect.height * scale / 2));
        }

        /// <summary>By how many metres an angle raises it.</summary>
        private float RaiseFor(float angle)
        {
            if (Mathf.Abs(angle) < 0.0001f)
            {
                return 0;
            }

            Vector3 away = Centre(Scale) - eye.transform.position;
            float flat = Mathf.Max(0.01f, Mathf.Sqrt((away.x * away.x) + (away.z * away.z)));
            float from = Mathf.Atan2(away.y, flat);
            float to = Mathf.Min(from + angle, 1.4f);
            return (Mathf.Tan(to) - Mathf.Tan(from)) * flat;
        }
    }
}
