using System.Diagnostics.CodeAnalysis;

namespace Fabrik.Proxies.Origins;

/// <summary>
/// A request could not be signed: nobody has credentials for it. To ask again at once would not help.
/// </summary>
[SuppressMessage("Design", "CA1032", Justification = "It is thrown in one place, and caught in one.")]
internal sealed class MissingCredentialsException(IOException cause) : IOException(cause.Message, cause);
