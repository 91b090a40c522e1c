namespace Fabrik.Wire.Memcached;

/// <summary>What a command does. Quiet forms have the verb of the loud one.</summary>
public enum Verb : byte
{
    /// <summary>No command.</summary>
    None,

    /// <summary><c>get</c>; binary GET and GETK.</summary>
    Get,

    /// <summary><c>gets</c>: with the unique number of the value.</summary>
    Gets,

    /// <summary><c>gat</c>; binary GAT and GATK: get and touch.</summary>
    Gat,

    /// <summary><c>gats</c>.</summary>
    Gats,

    /// <summary><c>mg</c>.</summary>
    MetaGet,

    /// <summary><c>me</c>: what is known of a key, for people.</summary>
    MetaDebug,

    /// <summary><c>set</c>.</summary>
    Set,

    /// <summary><c>add</c>.</summary>
    Add,

    /// <summary><c>replace</c>.</summary>
    Replace,

    /// <summary><c>append</c>.</summary>
    Append,

    /// <summary><c>prepend</c>.</summary>
    Prepend,

    /// <summary><c>cas</c>. A binary SET with a number has the verb <see cref="Set"/>.</summary>
    Cas,

    /// <summary><c>ms</c>.</summary>
    MetaSet,

    /// <summary><c>incr</c>.</summary>
    Increment,

    /// <summary><c>decr</c>.</summary>
    Decrement,

    /// <summary><c>ma</c>.</summary>
    MetaArithmetic,

    /// <summary><c>touch</c>.</summary>
    Touch,

    /// <summary><c>delete</c>.</summary>
    Delete,

    /// <summary><c>md</c>.</summary>
    MetaDelete,

    /// <summary><c>mn</c>; binary NOOP: answered when everything before it was.</summary>
    Noop,

    /// <summary><c>flush_all</c>.</summary>
    FlushAll,

    /// <summary><c>version</c>.</summary>
    Version,

    /// <summary><c>verbosity</c>.</summary>
    Verbosity,

    /// <summary><c>stats</c>.</summary>
    Stats,

    /// <summary><c>quit</c>.</summary>
    Quit,

    /// <summary><c>config</c>: what clients discover the nodes of a cluster by.</summary>
    Config,

    /// <summary>SASL LIST MECHS, of the binary protocol.</summary>
    SaslList,

    /// <summary>SASL AUTH, of the binary protocol.</summary>
    SaslAuth,

    /// <summary>SASL STEP, of the binary protocol.</summary>
    SaslStep,

    /// <summary><c>lru_crawler metadump</c>: a line for each key; only asked by the proxy itself.</summary>
    CacheDump,
}
