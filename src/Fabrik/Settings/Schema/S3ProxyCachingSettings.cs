using Fabrik.Settings.Values;

namespace Fabrik.Settings.Schema;

/// <summary><c>[s3_proxy.buckets.cache]</c>: for how long answers of one bucket are kept.</summary>
internal sealed class S3ProxyCachingSettings
{
    public S3ProxyCachingSettings(SettingsSection parent)
    {
        Section = parent.Add(new SettingsSection("cache", "For how long its answers are kept."));
        Enabled = Section.Add(new Setting<bool>(SettingTypes.Boolean)
        {
            Name = "enabled",
            Help = "Whether its answers are kept at all.",
            Fallback = true,
            IsHot = true,
        });
        Ttl = Span("ttl", "How long an answer is fresh that does not say so itself (Cache-Control, Expires).");
        MinTtl = Span("min_ttl", "The least time that an answer is fresh, whatever it says; \"none\" for as it says.");
        MaxTtl = Span("max_ttl", "The most time that an answer is fresh, whatever it says; \"none\" for as it says.");
        StaleWhileRevalidate = Span(
            "stale_while_revalidate",
            "How long after that it is still served while it is validated, where the answer does not say.");
        StaleIfError = Span(
            "stale_if_error",
            "How long after that it is served where the origin fails, where the answer does not say.");
        NegativeTtl = Span(
            "negative_ttl",
            "How long it is remembered that a bucket does not have an object; \"none\" asks each time, so that what "
                + "was uploaded is there at once.");
        MaxObjectSize = Section.Add(new Setting<ByteSize>(SettingTypes.Size(ByteSize.KiB(1), ByteSize.GiB(1 << 20)))
        {
            Name = "max_object_size",
            Help = "The largest object that is kept; larger ones pass through.",
            Fallback = ByteSize.GiB(1024),
            IsHot = true,
        });
    }

    public SettingsSection Section { get; }

    public Setting<bool> Enabled { get; }

    public Setting<TimeSpan?> Ttl { get; }

    public Setting<TimeSpan?> MinTtl { get; }

    public Setting<TimeSpan?> MaxTtl { get; }

    public Setting<TimeSpan?> StaleWhileRevalidate { get; }

    public Setting<TimeSpan?> StaleIfError { get; }

    public Setting<TimeSpan?> NegativeTtl { get; }

    public Setting<ByteSize> MaxObjectSize { get; }

    private Setting<TimeSpan?> Span(string name, string help) => Section.Add(new Setting<TimeSpan?>(
        SettingTypes.Optional(SettingTypes.Duration(TimeSpan.Zero)))
    {
        Name = name,
        Help = help,
        IsHot = true,
    });
}
