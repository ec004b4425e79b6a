// The strict PEM form of an age file (C2SP age v1, "ASCII armor"): 64 columns, padded canonical base64. Errc::armor.
#pragma once

#include "crypto/age/seal.hpp"

namespace crypto::age {

class ArmorWriter {
public:
    explicit ArmorWriter(Sink sink);
    Result<void> update(ByteView bytes);
    Result<void> finish();

private:
    Sink sink_;
    Bytes line_;
    bool begun_ = false;
};

class ArmorReader {
public:
    explicit ArmorReader(Sink sink);
    Result<void> update(ByteView text);
    Result<void> finish();

private:
    enum class State { before, inside, short_line, after };
    Result<void> line_ended();
    Sink sink_;
    std::string line_;
    State state_ = State::before;
    std::size_t outside_ = 0;
};

}  // namespace crypto::age
