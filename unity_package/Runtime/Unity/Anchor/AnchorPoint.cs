using System.Collections.Generic;
using UnityEngine;

namespace Loquent
{
    /// <summary>
    /// Where a canvas is kept: a point at a target. What is drawn of the target is measured a few times a second, and in between it moves with the target, so that an
    /// animation's arms and a lot of renderers don't matter.
    /// </summary>
    internal sealed class AnchorPoint
    {
        private const float MeasureSeconds = 0.25f;
        private const float CollectSeconds = 2;

        private readonly List<Renderer> renderers = new List<Renderer>();
        private Transform measured;
        private Transform boneTransform;
        private HumanBodyBones bone;
        private Vector3 top;
        private float sinceMeasured;
        private float sinceCollected;

        /// <summary>Whether the target has no such bone, so that the bounds are used instead.</summary>
        internal bool LacksBone { get; private set; }

        /// <summary>Gives the point in the world.</summary>
        /// <param name="target">What it's at.</param>
        /// <param name="kind">Where at it.</param>
        /// <param name="wanted">The bone, for that kind.</param>
        /// <param name="seconds">How long it has been since the last call.</param>
        internal Vector3 Of(Transform target, AnchorKind kind, HumanBodyBones wanted, float seconds)
        {
            bool isNew = target != measured;
            measured = target;
            if (kind == AnchorKind.Transform)
            {
                return target.position;
            }

            if (kind == AnchorKind.Bone)
            {
                if (isNew || bone != wanted || (boneTransform == null && !LacksBone))
                {
                    bone = wanted;
                    boneTransform = FindBone(target, wanted);
                    LacksBone = boneTransform == null;
                    isNew = true;
                }

                if (boneTransform != null)
                {
                    return boneTransform.position;
                }

                LacksBone = true;
            }

            sinceMeasured += seconds;
            sinceCollected += seconds;
            if (isNew || sinceMeasured >= MeasureSeconds)
            {
                Measure(target, isNew);
            }

            return target.position + top;
        }

        private static Transform FindBone(Transform target, HumanBodyBones wanted)
        {
            Animator animator = target.GetComponentInChildren<Animator>();
            return animator == null || !animator.isHuman || wanted == HumanBodyBones.LastBone ? null : animator.GetBoneTransform(wanted);
        }

        private void Measure(Transform target, bool isNew)
        {
            sinceMeasured = 0;
            if (isNew || sinceCollected >= CollectSeconds)
            {
                sinceCollected = 0;
                target.GetComponentsInChildren(renderers);
            }

            bool any = false;
            var bounds = default(Bounds);
            for (int i = 0; i < renderers.Count; i++)
            {
                Renderer renderer = renderers[i];
                if (renderer == null || !renderer.enabled || !IsBody(renderer))
                {
                    continue;
                }

                if (any)
                {
                    bounds.Encapsulate(renderer.bounds);
                }
                else
                {
                    bounds = renderer.bounds;
                    any = true;
                }
            }

            top = any ? new Vector3(bounds.center.x, bounds.max.y, bounds.center.z) - target.position : Vector3.zero;
        }

        /// <summary>Smoke and trails belong to what they come from, but aren't it.</summary>
        private static bool IsBody(Renderer renderer)
        {
            return renderer is SkinnedMeshRenderer || renderer is MeshRenderer || renderer is SpriteRenderer;
        }
    }
}
