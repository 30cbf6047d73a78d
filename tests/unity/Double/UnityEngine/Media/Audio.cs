using Loquent.Double;

namespace UnityEngine
{
#if UNITY_6000_0_OR_NEWER
    public sealed class AudioClip : Audio.AudioResource
#else
    public sealed class AudioClip : Object
#endif
    {
        private AudioClip()
        {
        }

        public float length => (float)samples / frequency;

        public int samples { get; private set; }

        public int channels { get; private set; }

        public int frequency { get; private set; }

        public static AudioClip Create(string name, int lengthSamples, int channels, int frequency, bool stream)
        {
            var clip = new AudioClip { samples = lengthSamples, channels = channels, frequency = frequency };
            clip.Attach();
            clip.name = name;
            return clip;
        }
    }

    public class AudioBehaviour : Behaviour
    {
    }

    public sealed class AudioListener : AudioBehaviour
    {
    }

    /// <summary>Plays nothing; Engine.Played has what it was asked to play.</summary>
    public sealed class AudioSource : AudioBehaviour
    {
        private double end;

        public AudioClip clip { get; set; }

        public float volume { get; set; } = 1;

        public float pitch { get; set; } = 1;

        public float spatialBlend { get; set; }

        public bool loop { get; set; }

        public bool mute { get; set; }

        public bool playOnAwake { get; set; } = true;

        public float minDistance { get; set; } = 1;

        public float maxDistance { get; set; } = 500;

        public bool isPlaying => World.Current.Clock.Time < end;

        public void Play()
        {
            if (clip != null)
            {
                Note(clip, volume);
            }
        }

        public void Stop() => end = 0;

        public void PlayOneShot(AudioClip clip) => PlayOneShot(clip, 1);

        public void PlayOneShot(AudioClip clip, float volumeScale)
        {
            if (clip == null)
            {
                Debug.LogWarning("PlayOneShot was called with a null AudioClip.");
                return;
            }

            Note(clip, volume * volumeScale);
        }

        private void Note(AudioClip what, float loudness)
        {
            Touch();
            if (!isActiveAndEnabled)
            {
                Debug.LogWarning("Can not play a disabled audio source", this);
                return;
            }

            end = World.Current.Clock.Time + what.length;
            World.Current.Part<Played>().Add(new PlayedSound(this, what, loudness));
        }
    }
}

#if UNITY_6000_0_OR_NEWER
namespace UnityEngine.Audio
{
    public abstract class AudioResource : Object
    {
        protected internal AudioResource()
        {
        }
    }
}
#endif

namespace Loquent.Double
{
    /// <summary>A sound that was to be heard.</summary>
    public sealed class PlayedSound
    {
        internal PlayedSound(UnityEngine.AudioSource source, UnityEngine.AudioClip clip, float volume)
        {
            Source = source;
            Clip = clip;
            Volume = volume;
            Time = World.Current.Clock.Time;
        }

        /// <summary>Who played it.</summary>
        public UnityEngine.AudioSource Source { get; }

        /// <summary>What.</summary>
        public UnityEngine.AudioClip Clip { get; }

        /// <summary>How loud, from 0 to 1.</summary>
        public float Volume { get; }

        /// <summary>When, in the engine's seconds.</summary>
        public double Time { get; }
    }

    internal sealed class Played : System.Collections.Generic.List<PlayedSound>
    {
    }
}
