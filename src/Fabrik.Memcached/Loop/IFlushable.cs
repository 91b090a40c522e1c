namespace Fabrik.Memcached.Loop;

/// <summary>What is called once at the end of a turn of the loop in which it asked for it.</summary>
internal interface IFlushable : IPollTarget
{
    /// <summary>Whether it waits to be called already; only the loop sets it.</summary>
    bool IsDirty { get; set; }

    /// <summary>Sends what has gathered.</summary>
    void Flush();
}
