namespace Fabrik.Memcached.Loop;

/// <summary>What is called when a time has passed.</summary>
internal interface ILoopTimer
{
    /// <summary>The time has passed.</summary>
    void OnTime();
}
