using Loquent.Core;
using Loquent.Core.Display;
using TMPro;
using UnityEngine;

namespace Loquent
{
    /// <content>What happens from frame to frame, and from enabling to destroying.</content>
    public sealed partial class SpeechCanvas
    {
        private const string ImportThem = "Choose Window > TextMeshPro > Import TMP Essential Resources.";
        private const string NoEssentials = "TextMeshPro's essential resources are missing, without which it draws no font, so nothing can be shown. " + ImportThem;

        private SpeechStage stage;
        private FontMeasure measure;
        private string notice = string.Empty;
        private float opacity;
        private float lingered;
        private bool stays;
        private bool isOn;
        private bool isPlaced;
        private Vector3 placed;
        private Quaternion turned;
        private bool toldOfNoFont;

        /// <summary>How much of it its anchor lets be seen, from 0 to 1.</summary>
        internal float Visibility { get; set; } = 1;

        /// <summary>Whether an anchor places it.</summary>
        internal bool IsAnchored { get; set; }

        /// <summary>Whether something is to be seen of it, wherever the player looks.</summary>
        internal bool IsUp => stage != null && (State != SpeechState.Hidden || opacity > 0);

        /// <summary>Whether nothing is to move.</summary>
        internal bool IsStill { get; private set; }

        /// <summary>Whether there is a place for a small line beside the text.</summary>
        internal bool CanNotice => stage != null && stage.HasNotice;

        /// <summary>The settings of an NPC's client; null to look for a client.</summary>
        internal LoquentClient Client { get; set; }

        /// <summary>The claim to a frame's layouts; null before the canvas is built.</summary>
        internal LayoutClaim Claim => stage?.Claim;

        /// <summary>How often the page was laid out.</summary>
        internal int Layouts => stage == null ? 0 : stage.Layouts;

        /// <summary>Whether something is to be seen that waits for a layout.</summary>
        internal bool IsLate => stage != null && stage.IsLate;

        /// <summary>How many units of the canvas are a dmm.</summary>
        internal float UnitsPerDmm => stage.Parts.Page.fontSize / look.TextSize;

        /// <summary>Whether what comes of a reply has its place.</summary>
        private bool IsReplying => stage != null && isOn && !stays && (State == SpeechState.Thinking || State == SpeechState.Speaking);

        /// <summary>Goes on by a frame, up to what needs a layout.</summary>
        internal void Advance(float seconds)
        {
            if (!isOn)
            {
                return;
            }

            if (stage != null && !stage.IsWhole)
            {
                TryBuild(); // somebody has destroyed it, such as a scene that was unloaded
            }

            if (!IsUp)
            {
                return;
            }

            stage.Advance(State == SpeechState.Hidden ? 0 : seconds);
            if (stage == null)
            {
                return; // a handler of a cue has done away with it
            }

            stage.Thinking.Advance(seconds, IsStill);
            Linger(seconds);
            float step = fadeSeconds > 0 ? seconds / fadeSeconds : 1;
            opacity = Mathf.MoveTowards(opacity, State == SpeechState.Hidden ? 0 : 1, step);
        }

        /// <summary>Draws the frame.</summary>
        internal void Draw()
        {
            if (!IsUp || !stage.IsWhole)
            {
                return;
            }

            stage.Draw();
            if (!IsAnchored)
            {
                Place();
            }
        }

        /// <summary>Fades to what is to be seen of it in this frame.</summary>
        internal void Fade()
        {
            if (stage != null && stage.IsWhole)
            {
                stage.Fade(opacity * Visibility);
            }
        }

        private void OnEnable()
        {
            isOn = true;
            CanvasRound.Add(this);
        }

        private void Start()
        {
            if (!string.IsNullOrEmpty(text) && State == SpeechState.Hidden)
            {
                Show(text);
            }
        }

        private void LateUpdate()
        {
            CanvasRound.Run();
        }

        private void OnDisable()
        {
            isOn = false;
            CanvasRound.Remove(this);
            opacity = 0;
            if (stage != null)
            {
                stage.Thinking.IsShown = false;
                if (stage.IsWhole)
                {
                    stage.Fade(0);
                }
            }

            Become(SpeechState.Hidden);
        }

        private void OnDestroy()
        {
            Discard();
        }

        /// <summary>Stands where its object does: without an anchor.</summary>
        private void Place()
        {
            Transform root = stage.Parts.Root;
            if (root == transform || (isPlaced && placed == transform.position && turned == transform.rotation))
            {
                return;
            }

            isPlaced = true;
            placed = transform.position;
            turned = transform.rotation;
            root.SetPositionAndRotation(placed, turned);
            SceneRoot.Scale(root, (float)ApparentSize.MetresPerDmm(readFrom, readFrom, readFrom) / UnitsPerDmm);
        }

        private void Linger(float seconds)
        {
            bool goes = State == SpeechState.Error || (State == SpeechState.Speaking && !stays);
            if (!goes || !stage.Reveal.IsRead || !stage.IsShown)
            {
                lingered = 0;
                return;
            }

            lingered += seconds;
            if (lingered >= lingerSeconds)
            {
                Become(SpeechState.Hidden);
            }
        }

        /// <summary>Makes ready for another text.</summary>
        /// <returns>False if there can be none.</returns>
        private bool TryBegin()
        {
            if (!isOn)
            {
                Log.Warning(this, "it's disabled, so it shows nothing. Enable it first.");
                return false;
            }

            if (!TryBuild())
            {
                return false;
            }

            ApplyReading();
            stage.Clear();
            stage.Thinking.IsShown = false;
            stays = false;
            lingered = 0;
            Notice = string.Empty;
            return true;
        }

        private void ApplyReading()
        {
            ReadingSettings used = reading;
            if (!ownReading)
            {
                LoquentClient found = Client != null ? Client : LoquentClient.Find(this);
                used = found == null ? new ReadingSettings() : found.Settings.Reading;
            }

            used.Apply(stage.Settings);
            IsStill = used.ReducedMotion;
        }

        private bool TryBuild()
        {
            if (stage != null && stage.IsWhole)
            {
                return true;
            }

            Discard();
            bool isOurs = parts == null || !parts.gameObject.scene.IsValid(); // a prefab belongs to no scene
            TMP_FontAsset font = parts != null && parts.Page != null && parts.Page.font != null ? parts.Page.font : look.Font;
            font = font != null ? font : DefaultFont();
            string problem = (parts == null ? null : parts.Problem()) ?? (font != null && TMP_Settings.instance == null ? NoEssentials : null);
            if (font == null || problem != null)
            {
                if (!toldOfNoFont)
                {
                    toldOfNoFont = true;
                    Log.Error(
                        this,
                        problem ?? "there's no font, so nothing can be shown. " + ImportThem);
                }

                return false;
            }

            FontSupport support = FontSupport.For(font, this);
            SpeechCanvasParts used = parts;
            if (parts == null)
            {
                used = SpeechBuilder.Build(this, look, support, showsSpeaker);
            }
            else if (isOurs)
            {
                used = Instantiate(parts);
                used.gameObject.SetActive(true);
                SceneRoot.Place(used.transform, this);
            }

            stage = new SpeechStage(used, isOurs, support, look.Lines);
            measure = new FontMeasure(support, 1);
            stage.Reveal.CueReached += HandleCue;
            stage.Reveal.PageTurned += HandlePageTurned;
            stage.SetSpeaker(speaker);
            isPlaced = false;
            CanvasRound.Know(stage.Claim);
            return true;
        }

        private void Discard()
        {
            if (stage == null)
            {
                return;
            }

            SpeechStage gone = stage;
            stage = null;
            gone.Reveal.CueReached -= HandleCue;
            gone.Reveal.PageTurned -= HandlePageTurned;
            CanvasRound.Forget(gone.Claim);
            gone.Dispose();
            opacity = 0;
            Become(SpeechState.Hidden);
        }

        private void SetSpeaker(string name)
        {
            speaker = name;
            stage?.SetSpeaker(name);
        }

        private void SetNotice(string what)
        {
            notice = what;
            stage?.SetNotice(what);
        }

        private void HandleCue(Cue cue)
        {
            Raise.Event(this, CueReached, cue);
        }

        private void HandlePageTurned()
        {
            Raise.Event(this, onPageTurned);
        }

        private void Become(SpeechState state)
        {
            if (State != state)
            {
                State = state;
                Raise.Event(this, StateChanged, this, state);
            }
        }

        private static TMP_FontAsset DefaultFont()
        {
            // Without TextMeshPro's essential resources its settings are missing.
            return TMP_Settings.instance == null ? null : TMP_Settings.defaultFontAsset;
        }
    }
}
