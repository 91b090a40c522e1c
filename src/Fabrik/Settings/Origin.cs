namespace Fabrik.Settings;

/// <summary>The kinds of place that a value comes from, weakest first.</summary>
internal enum OriginKind
{
    /// <summary>Nobody set it.</summary>
    Default,

    /// <summary>The configuration file.</summary>
    File,

    /// <summary>An environment variable.</summary>
    Environment,

    /// <summary>A flag on the command line.</summary>
    CommandLine,
}

/// <summary>Where a value comes from, to the character for a file.</summary>
/// <param name="Kind">The kind of place.</param>
/// <param name="Name">The file's path, the variable's name or the flag.</param>
/// <param name="Line">The line in the file, from 1; 0 where there is none.</param>
/// <param name="Column">The column in characters, from 1; 0 where there is none.</param>
internal sealed record Origin(OriginKind Kind, string Name, int Line = 0, int Column = 0)
{
    public static Origin Default { get; } = new(OriginKind.Default, "default");

    public static Origin File(string path, int line, int column) => new(OriginKind.File, path, line, column);

    public static Origin Variable(string name) => new(OriginKind.Environment, name);

    public static Origin Flag(string name) => new(OriginKind.CommandLine, name);

    public override string ToString() => Line == 0 ? Name : $"{Name}:{Line}:{Column}";
}
