using System.Collections.Generic;

namespace UnityEngine
{
    /// <summary>A program of the graphics card, by its name: the double knows every name but "Missing".</summary>
    public sealed class Shader : Object
    {
        private static readonly Dictionary<string, int> Ids = new Dictionary<string, int>();

        private Shader()
        {
        }

        public static Shader Find(string name)
        {
            if (name == "Missing")
            {
                return null;
            }

            var shader = new Shader();
            shader.Attach();
            shader.name = name;
            return shader;
        }

        public static int PropertyToID(string name)
        {
            lock (Ids)
            {
                if (!Ids.TryGetValue(name, out int id))
                {
                    id = Ids.Count + 1;
                    Ids.Add(name, id);
                }

                return id;
            }
        }
    }

    /// <summary>A shader with its values.</summary>
    public class Material : Object
    {
        private readonly Dictionary<int, float> floats = new Dictionary<int, float>();
        private readonly Dictionary<int, Color> colours = new Dictionary<int, Color>();
        private readonly HashSet<string> keywords = new HashSet<string>();

        public Material(Shader shader)
        {
            Attach();
            this.shader = shader;
            name = shader == null ? string.Empty : shader.name;
        }

        public Material(Material source)
            : this(source.shader)
        {
            name = source.name;
            foreach (KeyValuePair<int, float> pair in source.floats)
            {
                floats[pair.Key] = pair.Value;
            }

            foreach (KeyValuePair<int, Color> pair in source.colours)
            {
                colours[pair.Key] = pair.Value;
            }
        }

        public Shader shader { get; set; }

        public Color color
        {
            get => GetColor("_Color");
            set => SetColor("_Color", value);
        }

        public Texture mainTexture { get; set; }

        public int renderQueue { get; set; } = 3000;

        public bool HasProperty(string name) => HasProperty(Shader.PropertyToID(name));

        public bool HasProperty(int nameID) => floats.ContainsKey(nameID) || colours.ContainsKey(nameID) || nameID == Shader.PropertyToID("_Color");

        public void SetFloat(string name, float value) => SetFloat(Shader.PropertyToID(name), value);

        public void SetFloat(int nameID, float value) => floats[nameID] = value;

        public float GetFloat(string name) => GetFloat(Shader.PropertyToID(name));

        public float GetFloat(int nameID) => floats.TryGetValue(nameID, out float value) ? value : 0;

        public void SetColor(string name, Color value) => SetColor(Shader.PropertyToID(name), value);

        public void SetColor(int nameID, Color value) => colours[nameID] = value;

        public Color GetColor(string name) => GetColor(Shader.PropertyToID(name));

        public Color GetColor(int nameID) => colours.TryGetValue(nameID, out Color value) ? value : Color.white;

        public void EnableKeyword(string keyword) => keywords.Add(keyword);

        public void DisableKeyword(string keyword) => keywords.Remove(keyword);

        public bool IsKeywordEnabled(string keyword) => keywords.Contains(keyword);
    }
}
