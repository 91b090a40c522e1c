namespace Fabrik.BazelBench;

/// <summary>What is measured.</summary>
internal enum BenchPart
{
    /// <summary>Blobs of 128 KiB, written and read one by one.</summary>
    Transfer,

    /// <summary>Calls that are about many blobs.</summary>
    Calls,
}
