namespace Fabrik.EndToEndTests.Layers;

/// <summary>What a <see cref="FaultyLink"/> does to what passes.</summary>
public enum LinkFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Connections are closed as soon as they are made.</summary>
    Refusing,

    /// <summary>Connections are taken, and nothing is ever answered.</summary>
    Hanging,

    /// <summary>Answers come by a kilobyte a second.</summary>
    Trickling,

    /// <summary>Answers are random bytes.</summary>
    Babbling,

    /// <summary>Connections break after some kilobytes of answers.</summary>
    Breaking,

    /// <summary>A byte of each block of an answer is another one.</summary>
    Corrupting,
}
