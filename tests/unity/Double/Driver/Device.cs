using System;
using System.Collections.Generic;
using UnityEngine;

namespace Loquent.Double
{
    /// <summary>What the program runs on and what it did there: for a test to set up and to look at.</summary>
    public static class Device
    {
        /// <summary>A Linux player unless told.</summary>
        public static RuntimePlatform Platform
        {
            get => State.Platform;
            set => State.Platform = value;
        }

        /// <summary>Whether it's a development build. True unless told.</summary>
        public static bool IsDebugBuild
        {
            get => State.IsDebugBuild;
            set => State.IsDebugBuild = value;
        }

        /// <summary>How the device is connected.</summary>
        public static NetworkReachability Reachability
        {
            get => State.Reachability;
            set => State.Reachability = value;
        }

        /// <summary>The language of the system.</summary>
        public static SystemLanguage Language
        {
            get => State.Language;
            set => State.Language = value;
        }

        /// <summary>Whether the cameras render for two eyes. False unless told.</summary>
        public static bool IsStereo
        {
            get => World.Current.Part<Cameras>().IsStereo;
            set => World.Current.Part<Cameras>().IsStereo = value;
        }

        /// <summary>Whether the system has a keyboard to show. False unless told.</summary>
        public static bool HasSystemKeyboard
        {
            get => World.Current.Part<Keyboards>().IsSupported;
            set => World.Current.Part<Keyboards>().IsSupported = value;
        }

        /// <summary>The keyboards that were opened, the newest last.</summary>
        public static IReadOnlyList<TouchScreenKeyboard> Keyboards => World.Current.Part<Keyboards>().Opened;

        /// <summary>The sounds that were to be heard.</summary>
        public static IReadOnlyList<PlayedSound> Sounds => World.Current.Part<Played>();

        /// <summary>The animators' parameters that were set.</summary>
        public static IReadOnlyList<AnimatorCall> AnimatorCalls => World.Current.Part<AnimatorCalls>();

        /// <summary>The pages that were opened in a browser.</summary>
        public static IReadOnlyList<string> OpenedUrls => State.OpenedUrls;

        /// <summary>How often the main thread waited for the graphics card.</summary>
        public static int GraphicsStalls => World.Current.Part<GraphicsCard>().Stalls;

        /// <summary>How many temporary render textures haven't been given back.</summary>
        public static int TemporaryTextures => World.Current.Part<GraphicsCard>().Temporary;

        /// <summary>So many frames pass before pixels that were asked for are there. 3 unless told.</summary>
        public static int GraphicsLatency
        {
            get => World.Current.Part<GraphicsCard>().Latency;
            set => World.Current.Part<GraphicsCard>().Latency = value;
        }

        /// <summary>Whether pixels can be had without waiting. True unless told.</summary>
        public static bool ReadsBack
        {
            get => World.Current.Part<GraphicsCard>().ReadsBack;
            set => World.Current.Part<GraphicsCard>().ReadsBack = value;
        }

        /// <summary>The graphics card's interface. Vulkan unless told; Null for none.</summary>
        public static UnityEngine.Rendering.GraphicsDeviceType Graphics
        {
            get => World.Current.Part<GraphicsCard>().Type;
            set => World.Current.Part<GraphicsCard>().Type = value;
        }

        /// <summary>How many native arrays haven't been given back, of all that were ever made: compare before and after.</summary>
        public static int NativeArrays => System.Threading.Volatile.Read(ref NativeMemory.Blocks);

        private static ApplicationState State => World.Current.Part<ApplicationState>();

        /// <summary>Types on the keyboard that was opened last.</summary>
        /// <param name="text">The whole text now.</param>
        public static void Type(string text) => Newest().text = text;

        /// <summary>Puts the keyboard away that was opened last.</summary>
        /// <param name="status">How the player did that.</param>
        public static void PutKeyboardAway(TouchScreenKeyboard.Status status = TouchScreenKeyboard.Status.Done) => Newest().status = status;

        /// <summary>Gives the system a font file.</summary>
        /// <param name="name">Its family, such as "Noto Sans CJK SC".</param>
        /// <param name="path">Where it is.</param>
        /// <param name="has">Tells which Unicode scalar values it has.</param>
        /// <param name="face">Which one of the file's faces it is; a file is found as its first.</param>
        /// <param name="isPictures">Whether its glyphs are pictures, which no distance field can be made of.</param>
        public static void AddSystemFont(string name, string path, Predicate<int> has, int face = 0, bool isPictures = false) =>
            World.Current.Part<SystemFonts>().Add(new SystemFont { Name = name, Path = path, Has = has, Face = face, IsPictures = isPictures });

        private static TouchScreenKeyboard Newest()
        {
            List<TouchScreenKeyboard> opened = World.Current.Part<Keyboards>().Opened;
            return opened.Count > 0 ? opened[opened.Count - 1] : throw new InvalidOperationException("No keyboard has been opened.");
        }
    }
}
