namespace Fabrik.EndToEndTests.Clients;

/// <summary>Where a build finds its cache, and what it shows there.</summary>
internal sealed record CacheAccess(Uri Address, string Token);
