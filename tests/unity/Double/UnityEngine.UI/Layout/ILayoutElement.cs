namespace UnityEngine.UI
{
    /// <summary>Says how much room it wants. A negative value says nothing.</summary>
    public interface ILayoutElement
    {
        float minWidth { get; }

        float preferredWidth { get; }

        float flexibleWidth { get; }

        float minHeight { get; }

        float preferredHeight { get; }

        float flexibleHeight { get; }

        int layoutPriority { get; }

        void CalculateLayoutInputHorizontal();

        void CalculateLayoutInputVertical();
    }

    public interface ILayoutController
    {
        void SetLayoutHorizontal();

        void SetLayoutVertical();
    }

    public interface ILayoutGroup : ILayoutController
    {
    }

    public interface ILayoutSelfController : ILayoutController
    {
    }

    public interface ILayoutIgnorer
    {
        bool ignoreLayout { get; }
    }
}
