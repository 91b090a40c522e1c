namespace Fabrik.EndToEndTests.Clients.Ccache;

/// <summary>How ccache turns a key into a path, by the names that it gives them.</summary>
public enum CcacheLayout
{
    Subdirs,
    Flat,
    Bazel,
}
