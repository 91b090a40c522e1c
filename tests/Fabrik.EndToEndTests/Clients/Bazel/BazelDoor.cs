namespace Fabrik.EndToEndTests.Clients.Bazel;

/// <summary>By which protocol Bazel reaches its cache.</summary>
internal enum BazelDoor
{
    Grpc,
    Http,
}
