using Xunit;

namespace Fabrik.EndToEndTests.Proxies.Origins;

/// <summary>Tests that share S3 servers, as a cluster costs more than a test.</summary>
[CollectionDefinition]
public sealed class ServersOfOthers : ICollectionFixture<S3Origins>;
