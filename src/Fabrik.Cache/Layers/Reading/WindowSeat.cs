namespace Fabrik.Cache.Layers.Reading;

/// <summary>One reader's place in a window; the window's lock guards it.</summary>
internal sealed class WindowSeat
{
    /// <summary>Offset of the next byte that it wants.</summary>
    public long Position { get; set; }

    /// <summary>Whether it waits for the digest to be checked, although its next bytes are here.</summary>
    public bool IsHeldBack { get; set; }
}
