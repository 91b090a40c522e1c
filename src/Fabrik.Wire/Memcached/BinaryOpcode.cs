namespace Fabrik.Wire.Memcached;

/// <summary>The opcodes of the binary protocol (memcached's <c>protocol_binary.h</c>).</summary>
public static class BinaryOpcode
{
    /// <summary>GET.</summary>
    public const byte Get = 0x00;

    /// <summary>SET.</summary>
    public const byte Set = 0x01;

    /// <summary>ADD.</summary>
    public const byte Add = 0x02;

    /// <summary>REPLACE.</summary>
    public const byte Replace = 0x03;

    /// <summary>DELETE.</summary>
    public const byte Delete = 0x04;

    /// <summary>INCREMENT.</summary>
    public const byte Increment = 0x05;

    /// <summary>DECREMENT.</summary>
    public const byte Decrement = 0x06;

    /// <summary>QUIT.</summary>
    public const byte Quit = 0x07;

    /// <summary>FLUSH.</summary>
    public const byte Flush = 0x08;

    /// <summary>NOOP.</summary>
    public const byte Noop = 0x0a;

    /// <summary>VERSION.</summary>
    public const byte Version = 0x0b;

    /// <summary>GETK: a GET whose answer has the key.</summary>
    public const byte GetKey = 0x0c;

    /// <summary>APPEND.</summary>
    public const byte Append = 0x0e;

    /// <summary>PREPEND.</summary>
    public const byte Prepend = 0x0f;

    /// <summary>STAT.</summary>
    public const byte Stat = 0x10;

    /// <summary>TOUCH.</summary>
    public const byte Touch = 0x1c;

    /// <summary>GAT: get and touch.</summary>
    public const byte Gat = 0x1d;

    /// <summary>SASL LIST MECHS.</summary>
    public const byte SaslList = 0x20;

    /// <summary>SASL AUTH.</summary>
    public const byte SaslAuth = 0x21;

    /// <summary>SASL STEP.</summary>
    public const byte SaslStep = 0x22;

    /// <summary>GATK: a GAT whose answer has the key.</summary>
    public const byte GatKey = 0x23;

    private const byte GetQuiet = 0x09;
    private const byte GetKeyQuiet = 0x0d;
    private const byte SetQuiet = 0x11;
    private const byte FlushQuiet = 0x18;
    private const byte AppendQuiet = 0x19;
    private const byte PrependQuiet = 0x1a;
    private const byte GatQuiet = 0x1e;
    private const byte GatKeyQuiet = 0x24;

    // SETQ to FLUSHQ stand in the order of SET to FLUSH.
    private const byte QuietDistance = SetQuiet - Set;

    /// <summary>The opcode that does the same and is always answered.</summary>
    public static byte ToLoud(byte opcode) => opcode switch
    {
        GetQuiet => Get,
        GetKeyQuiet => GetKey,
        >= SetQuiet and <= FlushQuiet => (byte)(opcode - QuietDistance),
        AppendQuiet => Append,
        PrependQuiet => Prepend,
        GatQuiet => Gat,
        GatKeyQuiet => GatKey,
        _ => opcode,
    };

    /// <summary>The opcode that does the same without its usual answer; itself if there is none.</summary>
    public static byte ToQuiet(byte opcode) => opcode switch
    {
        Get => GetQuiet,
        GetKey => GetKeyQuiet,
        >= Set and <= Flush => (byte)(opcode + QuietDistance),
        Append => AppendQuiet,
        Prepend => PrependQuiet,
        Gat => GatQuiet,
        GatKey => GatKeyQuiet,
        _ => opcode,
    };

    /// <summary>Whether its usual answer is left out.</summary>
    public static bool IsQuiet(byte opcode) => ToLoud(opcode) != opcode;

    /// <summary>Whether its answer has the key.</summary>
    public static bool ReturnsKey(byte opcode) => ToLoud(opcode) is GetKey or GatKey;

    /// <summary>What it does; <see cref="Verb.None"/> if it is not known.</summary>
    public static Verb ToVerb(byte opcode) => ToLoud(opcode) switch
    {
        Get or GetKey => Verb.Get,
        Set => Verb.Set,
        Add => Verb.Add,
        Replace => Verb.Replace,
        Delete => Verb.Delete,
        Increment => Verb.Increment,
        Decrement => Verb.Decrement,
        Quit => Verb.Quit,
        Flush => Verb.FlushAll,
        Noop => Verb.Noop,
        Version => Verb.Version,
        Append => Verb.Append,
        Prepend => Verb.Prepend,
        Stat => Verb.Stats,
        Touch => Verb.Touch,
        Gat or GatKey => Verb.Gat,
        SaslList => Verb.SaslList,
        SaslAuth => Verb.SaslAuth,
        SaslStep => Verb.SaslStep,
        _ => Verb.None,
    };
}
