namespace Fabrik.Upstreams.Http;

/// <summary>Where below its base URL a server keeps the object with a key.</summary>
public enum HttpKeyLayout
{
    /// <summary>
    /// <c>base/ab/abcd…</c>, as keys are: for servers that find objects by name, or keep each as a file and create its
    /// folder themselves.
    /// </summary>
    Folders,

    /// <summary>
    /// <c>base/abcd…</c>, the key's last part alone: for servers that create no folders, and for bazel-remote, whose
    /// <c>/ac/</c> takes 64 hex digits and nothing else. Prefixes are dropped: the digits tell tenants apart already.
    /// </summary>
    Flat,
}
