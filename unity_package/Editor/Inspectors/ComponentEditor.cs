using System.Collections.Generic;
using UnityEditor;
using UnityEngine;

namespace Loquent.Editor
{
    /// <summary>
    /// The inspector of a component: what is likely to go wrong with it, with a button that helps; then its settings; while the game plays, how it's doing, with buttons to
    /// try it.
    /// </summary>
    internal abstract class ComponentEditor : UnityEditor.Editor
    {
        private const double LooksEverySeconds = 1;
        private const string ScriptField = "m_Script";

        private readonly List<Finding> findings = new List<Finding>();
        private ProjectFacts facts;
        private double lookedAt = double.NegativeInfinity;

        /// <summary>While the game plays, what is shown changes by itself.</summary>
        /// <returns>Whether it has to be drawn all the time.</returns>
        public override bool RequiresConstantRepaint()
        {
            return Application.isPlaying;
        }

        /// <summary>Draws it.</summary>
        public override void OnInspectorGUI()
        {
            if (!serializedObject.isEditingMultipleObjects)
            {
                DrawFindings();
            }

            serializedObject.Update();
            DrawPropertiesExcluding(serializedObject, ScriptField);
            if (serializedObject.ApplyModifiedProperties())
            {
                LookAgain();
            }

            if (!serializedObject.isEditingMultipleObjects)
            {
                DrawMore();
                if (Application.isPlaying)
                {
                    EditorGUILayout.Space();
                    EditorGUILayout.LabelField("Now", EditorStyles.boldLabel);
                    DrawNow();
                }
            }
        }

        /// <summary>Looks for what is likely to go wrong with the component.</summary>
        /// <param name="project">The project's settings.</param>
        /// <param name="found">To be filled.</param>
        protected abstract void Look(ProjectFacts project, List<Finding> found);

        /// <summary>Draws what stands below the settings.</summary>
        protected virtual void DrawMore()
        {
        }

        /// <summary>Draws how the component is doing while the game plays.</summary>
        protected abstract void DrawNow();

        /// <summary>Draws a name and a value.</summary>
        protected static void Row(string name, string value)
        {
            EditorGUILayout.LabelField(name, value);
        }

        /// <summary>Draws a button.</summary>
        /// <returns>Whether it's pressed.</returns>
        protected static bool Button(string label, string tooltip, bool isEnabled = true)
        {
            using (new EditorGUI.DisabledScope(!isEnabled))
            {
                return GUILayout.Button(new GUIContent(label, tooltip));
            }
        }

        /// <summary>Writes a text into a serialized field, as one step to undo.</summary>
        protected void Write(string field, string value)
        {
            serializedObject.Update();
            serializedObject.FindProperty(field).stringValue = value;
            serializedObject.ApplyModifiedProperties();
            LookAgain();
        }

        protected virtual void OnEnable()
        {
            LookAgain();
        }

        private void LookAgain()
        {
            facts = null;
            lookedAt = double.NegativeInfinity;
        }

        private void DrawFindings()
        {
            if (Event.current.type == EventType.Layout && EditorApplication.timeSinceStartup - lookedAt > LooksEverySeconds)
            {
                // Only where a layout begins: between that and the painting nothing may come or go.
                lookedAt = EditorApplication.timeSinceStartup;
                facts = facts ?? ProjectFacts.Read();
                findings.Clear();
                Look(facts, findings);
            }

            foreach (Finding finding in findings)
            {
                EditorGUILayout.HelpBox(finding.Text, finding.Severity);
                if (finding.Fix != null && GUILayout.Button(finding.FixLabel))
                {
                    finding.Fix();
                    LookAgain();
                    GUIUtility.ExitGUI();
                }
            }
        }
    }
}
