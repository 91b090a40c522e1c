namespace Fabrik.Memcached.Loop;

/// <summary>What is called once at the end of a turn of the loop in which it asked for it, or soon after.</summary>
internal interface IFlushable : IPollTarget
{
    /// <summary>Whether it waits to be called already; only the loop sets it.</summary>
    bool IsDirty { get; set; }

    /// <summary>
    /// Whether what has gathered is little, and may wait for more while there is something else to do.
    /// </summary>
    bool CanWait { get; }

    /// <summary>Sends what has gathered.</summary>
    void Flush();
}
