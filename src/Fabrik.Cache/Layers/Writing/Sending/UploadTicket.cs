using Fabrik.Cache.Layers.Writing.Storage;

namespace Fabrik.Cache.Layers.Writing.Sending;

/// <summary>An order in memory. Its state is changed under the lock of its <see cref="UploadWindow"/> only.</summary>
internal sealed class UploadTicket(OrderRecord record)
{
    private volatile UploadTicket? _next;

    /// <summary>The order.</summary>
    public OrderRecord Record { get; } = record;

    /// <summary>Whether somebody works on it.</summary>
    public bool IsRunning { get; set; }

    /// <summary>Whether a newer order took its place before it was begun.</summary>
    public bool IsDropped { get; set; }

    /// <summary>The newest order for the same artifact that came while this one is worked on.</summary>
    public UploadTicket? Next
    {
        get => _next;
        set => _next = value;
    }

    /// <summary>Set when somebody waits to work on it himself: true when it is his turn, false when never.</summary>
    public TaskCompletionSource<bool>? Turn { get; init; }

    /// <summary>How often it failed. For whoever works on it.</summary>
    public int Failures { get; set; }

    /// <summary>
    /// Whether the upstream has something under this id already, when a replacement is asked for. For whoever works on
    /// it.
    /// </summary>
    public bool IsThere { get; set; }

    /// <summary>Whether it came to its end, and only its removal from the queue failed.</summary>
    public bool IsOver { get; set; }
}
