"""Engines that speak a beat: a person's own recordings, gTTS, espeak-ng, Piper."""
