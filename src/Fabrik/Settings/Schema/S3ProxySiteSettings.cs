namespace Fabrik.Settings.Schema;

/// <summary>What browsers need of a bucket: <c>cors</c> and <c>site</c>.</summary>
internal sealed class S3ProxySiteSettings
{
    public S3ProxySiteSettings(SettingsSection parent)
    {
        Cors = parent.Add(new SettingsSection(
            "cors", "What pages of other origins may do (CORS). Without an origin here, what the bucket says holds."));
        AllowedOrigins = List(
            "allowed_origins", "The origins of pages: `https://app.example.com`, `https://*.example.com` or `*`.", []);
        AllowedMethods = List("allowed_methods", "The methods that they may use.", ["GET", "HEAD"]);
        AllowedHeaders = List("allowed_headers", "The request headers that they may set; `*` for any.", ["*"]);
        ExposedHeaders = List("exposed_headers", "The response headers that they may read.", []);
        AllowCredentials = Cors.Add(new Setting<bool>(SettingTypes.Boolean)
        {
            Name = "allow_credentials",
            Help = "Whether they may send cookies and the like.",
            IsHot = true,
        });
        MaxAge = Cors.Add(new Setting<TimeSpan>(SettingTypes.Duration(TimeSpan.Zero, TimeSpan.FromDays(1)))
        {
            Name = "max_age",
            Help = "How long a browser may remember the answer to its question.",
            Fallback = TimeSpan.FromHours(1),
            IsHot = true,
        });
        Site = parent.Add(new SettingsSection("site", "Documents that are served in the place of others."));
        IndexDocument = Document(
            "index_document", "The name of the document that stands for a path that ends in `/`; empty for none.");
        ErrorDocument = Document(
            "error_document", "The key of the document that is served with a 404; empty for none.");
        Spa = Document(
            "spa",
            "The key of the document that is served, with a 200, where a path without a file name extension is not "
                + "found: the page of an application that has paths of its own.");
    }

    public SettingsSection Cors { get; }

    public Setting<IReadOnlyList<string>> AllowedOrigins { get; }

    public Setting<IReadOnlyList<string>> AllowedMethods { get; }

    public Setting<IReadOnlyList<string>> AllowedHeaders { get; }

    public Setting<IReadOnlyList<string>> ExposedHeaders { get; }

    public Setting<bool> AllowCredentials { get; }

    public Setting<TimeSpan> MaxAge { get; }

    public SettingsSection Site { get; }

    public Setting<string> IndexDocument { get; }

    public Setting<string> ErrorDocument { get; }

    public Setting<string> Spa { get; }

    private Setting<IReadOnlyList<string>> List(string name, string help, IReadOnlyList<string> fallback) =>
        Cors.Add(new Setting<IReadOnlyList<string>>(SettingTypes.TextList)
        {
            Name = name,
            Help = help,
            Fallback = fallback,
            IsHot = true,
        });

    private Setting<string> Document(string name, string help) => Site.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = name,
        Help = help,
        Fallback = "",
        IsHot = true,
    });
}
