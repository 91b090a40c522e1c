using System.Text.Json;
using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Values;

/// <summary>
/// A type of setting: how it is read, shown and described. Says all there is to say to help, pages and schemas.
/// </summary>
internal abstract class SettingType
{
    /// <summary>A word or two for a table: <c>size</c>, <c>list of strings</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What goes after "expected" in an error: <c>a size such as "10GB"</c>, bounds included.</summary>
    public abstract string Expected { get; }

    /// <summary>
    /// Whether the value is a list, which sources of untyped text separate by commas or give by index.
    /// </summary>
    public virtual bool IsList => false;

    /// <summary>Writes the members of the type's JSON Schema, inside an object that is already open.</summary>
    public abstract void WriteSchema(Utf8JsonWriter json);
}

/// <summary>A type of setting, with the type of its values.</summary>
/// <typeparam name="T">What a reader of the setting gets.</typeparam>
internal abstract class SettingType<T> : SettingType
{
    /// <summary>Reads a value, or says to the context what is wrong with it.</summary>
    public abstract bool TryRead(RawNode node, ValueContext context, out T value);

    /// <summary>
    /// The value as TOML writes it, which <see cref="TryRead"/> reads back. Never with credentials in it.
    /// </summary>
    public abstract string ToToml(T value);

    /// <summary>Writes the value as JSON. Never with credentials in it.</summary>
    public abstract void WriteJson(Utf8JsonWriter json, T value);

    /// <summary>Whether two values mean the same.</summary>
    public virtual bool AreSame(T left, T right) => EqualityComparer<T>.Default.Equals(left, right);
}
