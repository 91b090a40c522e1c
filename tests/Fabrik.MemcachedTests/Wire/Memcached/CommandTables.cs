using Xunit;

namespace Fabrik.MemcachedTests.Wire.Memcached;

/// <summary>What clients send, and what it is read as.</summary>
internal static class CommandTables
{
    private static readonly string Key250 = new('k', 250);
    private static readonly string Key251 = new('k', 251);

    /// <summary>Classic lines that are right.</summary>
    public static TheoryData<string, string> Classic => new()
    {
        { "get a\r\n", "Get a" },
        { "get a\n", "Get a" },
        { "  get   a  \r\n", "Get a" },
        { $"get {Key250}\r\n", $"Get {Key250}" },
        { "get a bb  ccc \r\n", "Get a bb ccc" },
        { "gets a b\n", "Gets a b" },
        { "bget a\r\n", "Get a" },
        { "gat 10 a b\r\n", "Gat a b expiry 10" },
        { "gats -1 a\r\n", "Gats a expiry -1" },
        { "set k 1 2 3\r\nabc\r\n", "Set k flags 1 expiry 2 = abc" },
        { "set k 0 0 0\r\n\r\n", "Set k = " },
        { "set k 0 0 4\r\n\r\n\r\n\r\n", "Set k = \r\n\r\n" },
        { "set k 4294967295 -1 1 noreply\r\nx\r\n", "Set k flags 4294967295 expiry -1 quiet = x" },
        { "set k 0 0 1 other\r\nx\r\n", "Set k = x" },
        { "add k 0 0 1\nx\r\n", "Add k = x" },
        { "replace k 0 0 1\r\nx\r\n", "Replace k = x" },
        { "append k 0 0 1\r\nx\r\n", "Append k = x" },
        { "prepend k 0 0 1 noreply\r\nx\r\n", "Prepend k quiet = x" },
        { "cas k 0 0 1 18446744073709551615\r\nx\r\n", "Cas k unique 18446744073709551615 = x" },
        { "cas k 0 0 1 7 noreply\r\nx\r\n", "Cas k unique 7 quiet = x" },
        { "incr k 18446744073709551615\r\n", "Increment k delta 18446744073709551615" },
        { "decr k 3 noreply\r\n", "Decrement k delta 3 quiet" },
        { "touch k 2147483647\r\n", "Touch k expiry 2147483647" },
        { "touch k 0 noreply\r\n", "Touch k quiet" },
        { "delete k\r\n", "Delete k" },
        { "delete k 0\r\n", "Delete k" },
        { "delete k noreply\r\n", "Delete k quiet" },
        { "delete k 0 noreply\r\n", "Delete k quiet" },
        { "flush_all\r\n", "FlushAll" },
        { "flush_all 10\r\n", "FlushAll expiry 10" },
        { "flush_all noreply\r\n", "FlushAll quiet" },
        { "flush_all 0 noreply\r\n", "FlushAll quiet" },
        { "verbosity 1\r\n", "Verbosity" },
        { "verbosity 1 noreply\r\n", "Verbosity quiet" },
        { "version\r\n", "Version" },
        { "quit\r\n", "Quit" },
        { "stats\r\n", "Stats" },
        { "stats routes\r\n", "Stats routes" },
        { "config get cluster\r\n", "Config cluster" },
        { "mn\r\n", "Noop" },
    };

    /// <summary>Meta lines that are right.</summary>
    public static TheoryData<string, string> Meta => new()
    {
        { "mg k\r\n", "MetaGet k" },
        { "mg k s v f t c k q Oabc\r\n", "MetaGet k quiet -s -v -f -t -c -k -q -Oabc" },
        { "mg Zm9v b v\r\n", "MetaGet Zm9v base64 -b -v" },
        { "mg k v N30 R5 T60 E9 Lpool Ppath\n", "MetaGet k expiry 60 -v -N30 -R5 -T60 -E9 -Lpool -Ppath" },
        { "ms k 3\r\nabc\r\n", "MetaSet k = abc" },
        { "ms k 3 T60 F7 C9 ME q O1\r\nabc\r\n",
            "MetaSet k flags 7 expiry 60 unique 9 quiet -T60 -F7 -C9 -ME -q -O1 = abc" },
        { "ms Zm9v 0 b\r\n\r\n", "MetaSet Zm9v base64 -b = " },
        { "md k q I T30 x\r\n", "MetaDelete k expiry 30 quiet -q -I -T30 -x" },
        { "ma k N0 J13 D7 M- v\r\n", "MetaArithmetic k delta 7 initial 13 -N0 -J13 -D7 -M- -v" },
        { "me k\r\n", "MetaDebug k" },
        { "me Zm9v b\r\n", "MetaDebug Zm9v base64 -b" },
        { $"mg k O{new string('o', 31)}\r\n", $"MetaGet k -O{new string('o', 31)}" },
        { "mg k a c d e f g h i j k l m n o p s t\r\n",
            "MetaGet k -a -c -d -e -f -g -h -i -j -k -l -m -n -o -p -s -t" },
    };

    /// <summary>Lines that are wrong; memcached 1.6.18 is asked for the same.</summary>
    public static TheoryData<string, string> Wrong => new()
    {
        { "\r\n", "UnknownCommand: ERROR (skip 2)" },
        { "\n", "UnknownCommand: ERROR (skip 1)" },
        { "x\r\n", "UnknownCommand: ERROR (skip 3)" },
        { "GET a\r\n", "UnknownCommand: ERROR (skip 7)" },
        { "gett a\r\n", "UnknownCommand: ERROR (skip 8)" },
        { "get\r\n", "UnknownCommand: ERROR (skip 5)" },
        { "gets \r\n", "UnknownCommand: ERROR (skip 7)" },
        { "mz k\r\n", "UnknownCommand: ERROR (skip 6)" },
        { "mg\r\n", "UnknownCommand: ERROR (skip 4)" },
        { "gat 10\r\n", "NoKeys: END (skip 8)" },
        { "gat x a\r\n", "BadExpiry: CLIENT_ERROR invalid exptime argument (skip 9)" },
        { $"get {Key251}\r\n", "BadFormat: CLIENT_ERROR bad command line format (skip 257)" },
        { $"get a {Key251} b\r\n", "BadFormat: CLIENT_ERROR bad command line format (skip 261)" },
        { $"set {Key251} 0 0 1\r\n", "BadFormat: CLIENT_ERROR bad command line format (skip 263)" },
        { "set k 0 0\r\n", "UnknownCommand: ERROR (skip 11)" },
        { "set k 0 0 1 2 3\r\n", "UnknownCommand: ERROR (skip 17)" },
        { "set k x 0 1\r\n", "BadFormat: CLIENT_ERROR bad command line format (skip 13)" },
        { "set k -1 0 1\r\n", "BadFormat: CLIENT_ERROR bad command line format (skip 14)" },
        { "set k 0 x 1\r\n", "BadFormat: CLIENT_ERROR bad command line format (skip 13)" },
        { "set k 0 0 x\r\n", "BadFormat: CLIENT_ERROR bad command line format (skip 13)" },
        { "set k 0 0 -1\r\n", "BadFormat: CLIENT_ERROR bad command line format (skip 14)" },
        { "set k 0 0 noreply\r\n", "BadFormat:  (skip 19)" },
        { "set k 0 0 -1 noreply\r\n", "BadFormat:  (skip 22)" },
        { "cas k 0 0 1\r\n", "UnknownCommand: ERROR (skip 13)" },
        { "cas k 0 0 1 x\r\n", "BadFormat: CLIENT_ERROR bad command line format (skip 15)" },
        { "set k 0 0 1\r\nabc", "BadDataChunk: CLIENT_ERROR bad data chunk (skip 16)" },
        { "set k 0 0 1\r\nx\n\n", "BadDataChunk: CLIENT_ERROR bad data chunk (skip 16)" },
        { "set k 0 0 1 noreply\r\nabc", "BadDataChunk:  (skip 24)" },
        { "incr k\r\n", "UnknownCommand: ERROR (skip 8)" },
        { "incr k x\r\n", "BadDelta: CLIENT_ERROR invalid numeric delta argument (skip 10)" },
        { "incr k -1\r\n", "BadDelta: CLIENT_ERROR invalid numeric delta argument (skip 11)" },
        { "incr k 18446744073709551616\r\n", "BadDelta: CLIENT_ERROR invalid numeric delta argument (skip 29)" },
        { $"decr {Key251} 1\r\n", "BadFormat: CLIENT_ERROR bad command line format (skip 260)" },
        { "touch k\r\n", "UnknownCommand: ERROR (skip 9)" },
        { "touch k x\r\n", "BadExpiry: CLIENT_ERROR invalid exptime argument (skip 11)" },
        { "delete\r\n", "UnknownCommand: ERROR (skip 8)" },
        { "delete k 1\r\n", $"{BadDelete} (skip 12)" },
        { "delete k 0 x\r\n", $"{BadDelete} (skip 14)" },
        { "delete k 1 noreply\r\n", "BadDelete:  (skip 20)" },
        { "delete k 0 0 noreply\r\n", "UnknownCommand: ERROR (skip 22)" },
        { $"delete {Key251}\r\n", "BadFormat: CLIENT_ERROR bad command line format (skip 260)" },
        { "flush_all x\r\n", "BadExpiry: CLIENT_ERROR invalid exptime argument (skip 13)" },
        { "flush_all 0 0 0\r\n", "UnknownCommand: ERROR (skip 17)" },
        { "verbosity\r\n", "UnknownCommand: ERROR (skip 11)" },
        { "verbosity x\r\n", "BadFormat: CLIENT_ERROR bad command line format (skip 13)" },
        { "GET / HTTP/1.1\r\n", "Http:  (close)" },
    };

    /// <summary>Meta lines that are wrong; memcached 1.6.18 is asked for the same.</summary>
    public static TheoryData<string, string> WrongMeta => new()
    {
        { $"mg {Key251}\r\n", "BadFormat: CLIENT_ERROR bad command line format (skip 256)" },
        { "mg k v v\r\n", "DuplicateFlag: CLIENT_ERROR duplicate flag (skip 10)" },
        { "mg k 5\r\n", "InvalidFlag: CLIENT_ERROR invalid flag (skip 8)" },
        { "mg k \u00fc\r\n", "DuplicateFlag: CLIENT_ERROR duplicate flag (skip 8)" },
        { "mg k! b\r\n", "BadEncodedKey: CLIENT_ERROR error decoding key (skip 9)" },
        { "mg k Tx\r\n", "BadFlagNumber: CLIENT_ERROR bad token in command line format (skip 9)" },
        { "mg k T\r\n", "BadFlagNumber: CLIENT_ERROR bad token in command line format (skip 8)" },
        { "mg k Mxx\r\n", "BadModeLength: CLIENT_ERROR incorrect length for M token (skip 10)" },
        { "mg k Jx\r\n", "BadInitialFlag: CLIENT_ERROR invalid numeric initial value (skip 9)" },
        { "mg k Dx\r\n", "BadDeltaFlag: CLIENT_ERROR invalid numeric delta value (skip 9)" },
        { "mg k Fx\r\n", "BadClientFlags: CLIENT_ERROR bad command line format (skip 9)" },
        { "mg k Tx Fx\r\n", "BadFlagNumber: CLIENT_ERROR bad token in command line format (skip 12)" },
        { $"mg k O{new string('o', 32)}\r\n", "OpaqueTooLong: CLIENT_ERROR opaque token too long (skip 40)" },
        { "mg k a b c d e f g h i j k l m n o p q r\r\n",
            "TooManyGetFlags: CLIENT_ERROR options flags are too long (skip 42)" },
        { "md k a b c d e f g h i j k l m n o p q r\r\n",
            "TooManyFlags: CLIENT_ERROR options flags too long (skip 42)" },
        { "ms k\r\n", "BadFormat: CLIENT_ERROR bad command line format (skip 6)" },
        { "ms k x\r\n", "BadFormat: CLIENT_ERROR bad command line format (skip 8)" },
        { "ms k -1\r\n", "BadFormat: CLIENT_ERROR bad command line format (skip 9)" },
        { "ms k 2 Tx\r\nab\r\n", "BadFlagNumber: CLIENT_ERROR bad token in command line format (skip 15)" },
        { "ms k 2 q Tx\r\nab\r\n", "BadFlagNumber: CLIENT_ERROR bad token in command line format (skip 17)" },
        { "ms k 2 M5\r\nab\r\n", "BadSetMode: CLIENT_ERROR invalid mode for ms M token (skip 15)" },
        { "ms k 2\r\nabc\r", "BadDataChunk: CLIENT_ERROR bad data chunk (skip 12)" },
        { "ms k 2 q\r\nabc\r", "BadDataChunk: CLIENT_ERROR bad data chunk (skip 14)" },
        { $"ms k 2 O{new string('o', 32)}\r\nab\r\n", "OpaqueTooLong: CLIENT_ERROR opaque token too long (skip 46)" },
        { "md k v v\r\n", "InvalidOrDuplicateFlag: CLIENT_ERROR invalid or duplicate flag (skip 10)" },
        { "ma k Dx\r\n", "InvalidOrDuplicateFlag: CLIENT_ERROR invalid or duplicate flag (skip 9)" },
        { "ma k M5\r\n", "BadArithmeticMode: CLIENT_ERROR invalid mode for ma M token (skip 9)" },
        { "me\r\n", "BadFormat: CLIENT_ERROR bad command line format (skip 4)" },
        { $"me {Key251}\r\n", "BadFormat: CLIENT_ERROR bad command line format (skip 256)" },
    };

    private const string BadDelete = "BadDelete: CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]";
}
