namespace Fabrik.Wire.Toml;

/// <summary>Which edition of the specification a document is held against.</summary>
public enum TomlVersion
{
    /// <summary>TOML 1.0.0.</summary>
    V1_0,

    /// <summary>
    /// TOML 1.1.0: what 1.0 accepts with the same meaning, and also line breaks and a trailing comma in inline
    /// tables, the escapes <c>\e</c> and <c>\xHH</c>, and times without seconds.
    /// </summary>
    V1_1,
}
