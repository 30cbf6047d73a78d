using UnityEngine;

namespace Loquent
{
    /// <summary>
    /// Finds the player's camera, and another one when it's gone: the one tagged MainCamera, else any that is enabled and draws to the screen. Looks at most a few times a second.
    /// </summary>
    internal static class PlayerCamera
    {
        private const float LookAgainSeconds = 0.25f;

        private static Camera[] all = new Camera[8];
        private static Camera found;
        private static bool isMain;
        private static bool hasNone;
        private static float lookedAt = float.NegativeInfinity;

        /// <summary>Gives the camera; null if there is none.</summary>
        internal static Camera Get()
        {
            bool isThere = found != null && found.isActiveAndEnabled;
            bool isFresh = Time.unscaledTime - lookedAt < LookAgainSeconds;
            if (isThere && (isMain || isFresh))
            {
                // One that isn't tagged is for want of a better: the tagged one may come later, as a rig that is spawned does.
                return found;
            }

            if (hasNone && isFresh)
            {
                return null;
            }

            lookedAt = Time.unscaledTime;
            found = Camera.main;
            isMain = found != null;
            found = isMain ? found : Any();
            hasNone = found == null;
            return found;
        }

        private static Camera Any()
        {
            int count = Camera.allCamerasCount;
            if (count > all.Length)
            {
                all = new Camera[count * 2];
            }

            count = Camera.GetAllCameras(all);
            Camera best = null;
            for (int i = 0; i < count; i++)
            {
                if (all[i].targetTexture == null && (best == null || all[i].depth > best.depth))
                {
                    best = all[i];
                }

                all[i] = null;
            }

            return best;
        }

        [RuntimeInitializeOnLoadMethod(RuntimeInitializeLoadType.SubsystemRegistration)]
        private static void Restart()
        {
            found = null;
            isMain = false;
            hasNone = false;
            lookedAt = float.NegativeInfinity;
        }
    }
}
