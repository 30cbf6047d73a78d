using System;
using System.Collections.Generic;
using UnityEngine;
using UnityEngine.Events;

namespace Loquent.Double
{
    /// <summary>Makes what a scene would have brought: scenes, prefabs, resources, animated figures, listeners of the inspector.</summary>
    public static class Stage
    {
        /// <summary>Makes a scene known, to be loaded by its name.</summary>
        /// <param name="name">Its name.</param>
        /// <param name="build">Builds its objects; they wake up together when it's done.</param>
        public static void AddScene(string name, Action build)
        {
            World.Current.Scenes.Builds[name] = build;
            World.Current.Scenes.BuildOrder.Add(name);
        }

        /// <summary>Makes a prefab: objects that are in no scene and never wake up, to be copied by Instantiate.</summary>
        /// <param name="build">Builds it.</param>
        /// <returns>The prefab.</returns>
        public static GameObject Prefab(Func<GameObject> build)
        {
            World.Current.MakesAssets = true;
            try
            {
                return build();
            }
            finally
            {
                World.Current.MakesAssets = false;
            }
        }

        /// <summary>Puts an asset where Resources.Load finds it.</summary>
        /// <param name="path">Its path, without an extension.</param>
        /// <param name="asset">The asset.</param>
        public static void AddResource(string path, UnityEngine.Object asset) => World.Current.Part<ResourceFolder>()[path] = asset;

        /// <summary>Makes an animator controller.</summary>
        /// <param name="triggers">The names of its triggers.</param>
        /// <returns>The controller.</returns>
        public static RuntimeAnimatorController Controller(params string[] triggers)
        {
            var controller = new RuntimeAnimatorController();
            foreach (string trigger in triggers)
            {
                Declare(controller, trigger, AnimatorControllerParameterType.Trigger);
            }

            return controller;
        }

        /// <summary>Gives an animator controller one more parameter.</summary>
        /// <param name="controller">The controller.</param>
        /// <param name="name">The parameter's name.</param>
        /// <param name="type">Its type.</param>
        public static void Declare(RuntimeAnimatorController controller, string name, AnimatorControllerParameterType type) =>
            controller.Parameters.Add(new AnimatorControllerParameter { name = name, type = type });

        /// <summary>Makes an animator a human figure's.</summary>
        /// <param name="animator">The animator.</param>
        /// <param name="bones">Its bones.</param>
        public static void MakeHuman(Animator animator, IDictionary<HumanBodyBones, Transform> bones)
        {
            animator.avatar = new Avatar { isHuman = true };
            foreach (KeyValuePair<HumanBodyBones, Transform> bone in bones)
            {
                animator.Bones[bone.Key] = bone.Value;
            }
        }

        /// <summary>Makes the player: a camera tagged MainCamera, at the height of the eyes of somebody who stands.</summary>
        /// <param name="position">Where; (0, 1.6, 0) unless told.</param>
        /// <returns>The camera.</returns>
        public static Camera Player(Vector3? position = null)
        {
            var eyes = new GameObject("Player") { tag = "MainCamera" };
            eyes.transform.position = position ?? new Vector3(0, 1.6f, 0);
            return eyes.AddComponent<Camera>();
        }

        /// <summary>Makes a figure of 1.8 m that stands on the ground: a capsule without a collider.</summary>
        /// <param name="name">Its name.</param>
        /// <param name="feet">Where it stands.</param>
        /// <returns>The figure, its origin at its feet.</returns>
        public static GameObject Figure(string name, Vector3 feet)
        {
            var figure = new GameObject(name);
            GameObject body = GameObject.CreatePrimitive(PrimitiveType.Capsule);
            UnityEngine.Object.DestroyImmediate(body.GetComponent<Collider>());
            body.name = "Body";
            body.transform.SetParent(figure.transform, false);
            body.transform.localPosition = new Vector3(0, 0.9f, 0);
            body.transform.localScale = new Vector3(0.5f, 0.9f, 0.5f);
            figure.transform.position = feet;
            return figure;
        }

        /// <summary>Adds a listener as the inspector does: an object and a method's name. It takes what the event gives.</summary>
        /// <param name="to">The event.</param>
        /// <param name="target">The object.</param>
        /// <param name="method">The method's name.</param>
        public static void Listen(UnityEventBase to, UnityEngine.Object target, string method) =>
            to.AddPersistent(new PersistentCall { Target = target, Method = method });

        /// <summary>Adds a listener that takes nothing, whatever the event gives.</summary>
        /// <param name="to">The event.</param>
        /// <param name="target">The object.</param>
        /// <param name="method">The method's name.</param>
        public static void ListenWithout(UnityEventBase to, UnityEngine.Object target, string method) =>
            to.AddPersistent(new PersistentCall { Target = target, Method = method, Mode = PersistentListenerMode.Void });
    }
}
