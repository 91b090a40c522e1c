using System.Text.Json;
using Fabrik.Settings.Values;

namespace Fabrik.Settings.Schema;

/// <summary>A value with its origin.</summary>
internal abstract class SettingValue(Origin origin)
{
    /// <summary>Where the value comes from.</summary>
    public Origin Origin { get; } = origin;

    /// <summary>The value as TOML. Callers hide what is secret.</summary>
    public abstract string ToToml();

    /// <summary>Writes the value as JSON. Callers hide what is secret.</summary>
    public abstract void WriteJson(Utf8JsonWriter json);

    /// <summary>Whether another value is the same, wherever it comes from.</summary>
    public abstract bool SameAs(SettingValue other);
}

/// <summary>A value with its origin and its type.</summary>
internal sealed class SettingValue<T>(T value, SettingType<T> type, Origin origin) : SettingValue(origin)
{
    public T Value { get; } = value;

    public override string ToToml() => type.ToToml(Value);

    public override void WriteJson(Utf8JsonWriter json) => type.WriteJson(json, Value);

    public override bool SameAs(SettingValue other) => other is SettingValue<T> same && type.AreSame(Value, same.Value);
}
